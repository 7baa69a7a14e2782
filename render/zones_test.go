package render_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"moqian/render"
	"moqian/render/form"
)

const (
	longName  = "阿卜杜热合曼·买买提吐尔逊·艾尔肯江·古丽努尔阿依夏木汗·阿不都克里木·吐尔逊江·玉素甫艾力·买买提明"
	latinName = "Johannes Chrysostomus Wolfgangus Theophilus von Hohenlohe-Langenburgs"
	mostMoney = "999999999999.99"
)

// worst fills every field as far as it goes; names are given, since the
// longest are Chinese or Latin.
func worst(typ *form.Type, name string) map[string]string {
	in := map[string]string{}
	for _, f := range typ.Fields {
		switch f.Kind {
		case form.Name:
			in[f.ID] = name
			if f.Max > 0 && utf8.RuneCountInString(name) > f.Max {
				in[f.ID] = string([]rune(name)[:f.Max])
			}
		case form.Account:
			if f.Ledger {
				in[f.ID] = "11001042500059123456789"
			}
		case form.Amount:
			in[f.ID] = mostMoney
		case form.Plain:
			in[f.ID] = strings.Repeat("鑫", f.Max)
		case form.Choice:
			for _, c := range f.Choices {
				if utf8.RuneCountInString(c) > utf8.RuneCountInString(in[f.ID]) {
					in[f.ID] = c
				}
			}
			if f.Multi {
				in[f.ID] = strings.Join(f.Choices, "、")
			}
		}
	}
	for id, v := range map[string]string{"agent_id": "310101198506150024", "mode": "代办 书面", "reason": "遗失"} {
		if f, ok := typ.Find(id); ok && (f.Kind != form.Choice || id == "mode" || id == "reason") {
			in[id] = v
		}
	}
	return in
}

// worstForm is a voucher with the longest name that its places hold.
func worstForm(t *testing.T, code, name string) render.Form {
	t.Helper()
	for n := len([]rune(name)); n > 30; n-- {
		f := filled(t, code, worst(formType(t, code), string([]rune(name)[:n])))
		f.Branch.ZH = strings.Repeat("示例银行巴音郭楞蒙古自治州和静县巴音布鲁克镇支行", 2)[:46*3]
		f.Seal.Arc = strings.Repeat("示例银行", 6)[:23*3]
		f.Header.Trial = true
		_, err := render.Voucher(f, fonts(t))
		if errors.Is(err, render.ErrTooLong) {
			var at *render.FieldError
			if !errors.As(err, &at) || at.Label == "" {
				t.Fatalf("%d characters: the error names no field: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s holds names of %d characters", code, n)
		return f
	}
	t.Fatalf("%s holds no name of 31 characters", code)
	return render.Form{}
}

// No text meets another text, a rule, or a zone that must stay empty.
func TestZonesStayApart(t *testing.T) {
	for _, code := range codes() {
		for _, name := range []string{longName, latinName} {
			t.Run(code+" "+name[:3], func(t *testing.T) {
				s := sheet(t, worstForm(t, code, name))
				for i, p := range s.Pages {
					apart(t, i, p, s)
				}
			})
		}
	}
}

func apart(t *testing.T, n int, p render.Page, s render.Sheet) {
	t.Helper()
	var texts, rules, zones []box
	if s.Seal.Page == n {
		zones = append(zones, areaBox("seal zone", s.Seal))
	}
	for _, b := range s.Boxes {
		if b.Page == n {
			zones = append(zones, areaBox("signature box", b))
		}
	}
	walk(p.Items, func(it render.Item) {
		switch it := it.(type) {
		case render.Text:
			switch {
			case !it.Mute:
				texts = append(texts, inkBox(t, it))
			case textOf(it) == "测试 TEST": // other letters lie inside a seal's ring
				rules = append(rules, letters(t, it)...)
			}
		case render.Line:
			rules = append(rules, box{"rule", min(it.X1, it.X2), min(it.Y1, it.Y2), max(it.X1, it.X2), max(it.Y1, it.Y2)}.grow(it.Width/2))
		case render.Modules:
			side := float64(it.N) * it.Size
			zones = append(zones, box{"code", it.X, it.Y, it.X + side, it.Y + side}.grow(2.03))
		case render.Path:
			ring := pathBox(it)
			if it.Fill != nil && it.Fill.R == 0xC8 && ring.x1-ring.x0 > 30 && (ring.y0 > s.Seal.Y+s.Seal.H || s.Seal.Page != n) {
				zones = append(zones, ring.grow(1))
			}
		}
	})
	disjoint(t, "texts", texts)
	disjoint(t, "zones", zones)
	across(t, texts, zones)
	across(t, rules, zones)
	across(t, texts, straight(rules))
}

// straight leaves out the trial letters: text may stand over them.
func straight(rules []box) (out []box) {
	for _, r := range rules {
		if r.what == "rule" {
			out = append(out, r)
		}
	}
	return out
}

func disjoint(t *testing.T, what string, boxes []box) {
	t.Helper()
	for i, a := range boxes {
		across(t, []box{a}, boxes[i+1:])
	}
	if len(boxes) == 0 {
		t.Logf("no %s on this page", what)
	}
}

func across(t *testing.T, as, bs []box) {
	t.Helper()
	for _, a := range as {
		for _, b := range bs {
			if a.meets(b) {
				t.Errorf("%q (%.2f–%.2f, %.2f–%.2f) meets %q (%.2f–%.2f, %.2f–%.2f)",
					a.what, a.x0, a.x1, a.y0, a.y1, b.what, b.x0, b.x1, b.y0, b.y1)
			}
		}
	}
}
