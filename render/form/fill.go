package form

import (
	"maps"
	"slices"
	"time"
)

// Fill checks the entries against the type. today is the business date; only
// its calendar day in its own location counts. An entry of nothing but space is
// an empty one. Problems come in the order of the fields, at most one a field,
// entries that the type does not know last; with problems the Filled is not
// usable. The map is only read.
func (t *Type) Fill(in map[string]string, today time.Time) (Filled, []Problem) {
	f := Filled{typ: t, values: map[string]Value{}, day: civil(today)}
	wrong := map[string]Text{}
	for i := range t.Fields {
		field := &t.Fields[i]
		v, problem := field.check(in[field.ID], f.day)
		switch {
		case !problem.Empty():
			wrong[field.ID] = problem
		case v.Raw != "":
			f.values[field.ID] = v.Value
			if field.ID == t.Amount {
				f.fen = v.fen
			}
		case field.Required:
			wrong[field.ID] = missing(field)
		}
	}
	note := func(id string, problem Text) {
		if _, already := wrong[id]; !already {
			wrong[id] = problem
		}
	}
	for _, r := range t.Rules {
		r.apply(f, note)
	}
	problems := append(t.inOrder(wrong), t.unknown(in)...)
	if len(problems) > 0 {
		return Filled{}, problems
	}
	return f, nil
}

func (t *Type) inOrder(wrong map[string]Text) []Problem {
	var out []Problem
	for _, f := range t.Fields {
		if text, ok := wrong[f.ID]; ok {
			out = append(out, Problem{f.ID, text})
		}
	}
	return out
}

func (t *Type) unknown(in map[string]string) []Problem {
	var out []Problem
	for _, id := range slices.Sorted(maps.Keys(in)) {
		if _, ok := t.Find(id); !ok {
			out = append(out, Problem{id, say("本业务没有这一项。请检查送来数据的系统。",
				"This business has no such entry. Check the system that sent it.")})
		}
	}
	return out
}
