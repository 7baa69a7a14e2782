package form

import "slices"

// Kinds of rules between fields.
const (
	Differ   = "differ"   // Fields[0] and Fields[1] are not the same
	Together = "together" // all of Fields or none
	Require  = "require"  // all of Fields, if the field If is Is or the amount is From fen or more
	Minor    = "minor"    // all of Fields, if the identity number If is of somebody under Age
	Adult    = "adult"    // the identity number Fields[0] is of somebody of Age or more
)

// Rule is a check between fields. It looks only at fields that are well by
// themselves, and its sentence stands at the field to be changed.
type Rule struct {
	Kind   string   `json:"kind"`
	Fields []string `json:"fields"`
	If     string   `json:"if,omitempty"`
	Is     string   `json:"is,omitempty"`
	From   int64    `json:"from,omitempty"` // fen
	Age    int      `json:"age,omitempty"`  // full years on the business date
}

// apply reports what the rule finds to problem.
func (r Rule) apply(f Filled, problem func(id string, t Text)) {
	switch r.Kind {
	case Differ:
		r.differ(f, problem)
	case Together:
		if slices.ContainsFunc(r.Fields, f.has) {
			r.require(f, problem)
		}
	case Require:
		if r.If != "" && f.values[r.If].Raw == r.Is || r.From > 0 && f.fen >= r.From {
			r.require(f, problem)
		}
	case Minor:
		if f.has(r.If) && age(born(f.values[r.If].Raw), f.day) < r.Age {
			r.guard(f, problem)
		}
	case Adult:
		if id := r.Fields[0]; f.has(id) && age(born(f.values[id].Raw), f.day) < r.Age {
			problem(id, say("须年满 %d 周岁。请换人，或对照证件重输。",
				"Must be at least %d years old. Another person, or compare with the ID and re-enter.", r.Age))
		}
	}
}

func (r Rule) differ(f Filled, problem func(string, Text)) {
	a, b := r.Fields[0], r.Fields[1]
	if !f.has(a) || f.values[a].Raw != f.values[b].Raw {
		return
	}
	first, _ := f.typ.Find(a)
	problem(b, Text{
		ZH: "不能与" + first.Label.ZH + "相同。请核对后重输。",
		EN: "Must not be the same as " + lower(first.Label.EN) + ". Check and re-enter.",
	})
}

func (r Rule) require(f Filled, problem func(string, Text)) {
	for _, id := range r.Fields {
		if field, _ := f.typ.Find(id); !f.has(id) {
			problem(id, missing(&field))
		}
	}
}

func (r Rule) guard(f Filled, problem func(string, Text)) {
	for _, id := range r.Fields {
		if field, _ := f.typ.Find(id); !f.has(id) {
			ask := missing(&field)
			why := say("客户未满 %d 周岁，须有监护人。", "The customer is under %d and needs a guardian. ", r.Age)
			problem(id, Text{ZH: why.ZH + ask.ZH, EN: why.EN + ask.EN})
		}
	}
}
