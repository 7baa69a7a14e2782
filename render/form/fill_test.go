package form

import (
	"strings"
	"testing"
)

func ids(problems []Problem) string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Field)
	}
	return strings.Join(out, " ")
}

func TestFillReportsAllInOrder(t *testing.T) {
	typ := shipped(t)["2101"]
	_, problems := typ.Fill(map[string]string{
		"zz": "1", "amount": "1.234", "name": " ", "account": "6217000100001233456", "aa": "", "agent": "李娜",
	}, day(typ.ExampleDay))
	if got, want := ids(problems), "account name amount deposit id_type id_no agent_id aa zz"; got != want {
		t.Errorf("problems at %q, want %q", got, want)
	}
	for _, p := range problems {
		bothLanguages(t, p.Text)
	}
	if problems[1].Text.ZH != "请填写户名。" {
		t.Errorf("required: %q", problems[1].Text.ZH)
	}
}

func TestFillLeavesNoFilledBehind(t *testing.T) {
	typ := shipped(t)["2101"]
	f, problems := typ.Fill(map[string]string{"amount": "1"}, day(typ.ExampleDay))
	if len(problems) == 0 || f.typ != nil || f.values != nil {
		t.Errorf("%d problems, yet %+v", len(problems), f)
	}
}

// A missing required entry is a problem at exactly that field, for each field
// of each type.
func TestEveryRequiredFieldIsAsked(t *testing.T) {
	for code, typ := range shipped(t) {
		for _, f := range typ.Fields {
			_, problems := fill(typ, typ.ExampleDay, map[string]string{f.ID: "-"})
			asked := strings.Contains(" "+ids(problems)+" ", " "+f.ID+" ")
			if f.Required && !asked {
				t.Errorf("%s: nobody asks for %s", code, f.ID)
			}
			for _, p := range problems {
				bothLanguages(t, p.Text)
			}
		}
	}
}

const (
	child  = "110101201406090017"
	mother = "110101198803120027"
)

func TestRules(t *testing.T) {
	none := map[string]string{"guardian": "-", "relation": "-", "guardian_id_type": "-", "guardian_id": "-", "proof": "-", "guardian_mobile": "-"}
	with := func(base map[string]string, more ...string) map[string]string {
		out := map[string]string{}
		for k, v := range base {
			out[k] = v
		}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	guards := "guardian relation guardian_id_type guardian_id proof"
	for _, c := range []struct {
		name, code, at string
		in             map[string]string
		want           string
	}{
		{"minor alone", "1101", "2026-03-18", none, guards},
		{"minor the day before", "1101", "2032-06-08", none, guards},
		{"18 today", "1101", "2032-06-09", none, ""},
		{"adult alone", "1101", "2026-03-18", with(none, "id_no", mother), ""},
		{"adult with half a guardian", "1101", "2026-03-18", with(none, "id_no", "110101199003071233", "guardian", "李娜"), "relation guardian_id_type guardian_id"},
		{"guardian is the customer", "1101", "2032-06-09", map[string]string{"guardian_id": child}, "guardian_id"},
		{"guardian is a child", "1101", "2026-03-18", map[string]string{"guardian_id": withCheck("11010120100609001")}, "guardian_id"},
		{"bad ID asks for no guardian", "1101", "2026-03-18", with(none, "id_no", "110101201406090018"), "id_no"},
		{"to oneself", "2103", "2026-03-18", map[string]string{"payee_account": "6217 0001 0000 1233 453"}, "payee_account"},
		{"agent without number", "2102", "2026-03-18", map[string]string{"agent_id": "-"}, "agent_id"},
		{"number without agent", "2102", "2026-03-18", map[string]string{"agent": "-"}, "agent"},
		{"no agent", "2102", "2026-03-18", map[string]string{"agent": "-", "agent_id": "-"}, ""},
		{"agent for oneself", "2102", "2026-03-18", map[string]string{"agent_id": "110101199003071233"}, "agent_id"},
		{"large without purpose", "2102", "2026-03-18", map[string]string{"purpose": "-"}, "purpose"},
		{"small without purpose", "2102", "2026-03-18", map[string]string{"purpose": "-", "amount": "49999.99"}, ""},
		{"agent's report without agent", "3101", "2026-03-18", map[string]string{"mode": "代办 书面"}, "agent agent_id"},
		{"lost nowhere", "3101", "2026-03-18", map[string]string{"lost_at": "-"}, "lost_at"},
		{"stolen nowhere", "3101", "2026-03-18", map[string]string{"lost_at": "-", "reason": "被盗"}, ""},
		{"lost tomorrow", "3101", "2026-03-18", map[string]string{"lost_on": "2026-03-19"}, "lost_on"},
		{"ID expired", "1101", "2026-03-18", map[string]string{"id_until": "2026-03-17"}, "id_until"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := fill(shipped(t)[c.code], c.at, c.in)
			if got := ids(problems); got != c.want {
				t.Errorf("problems at %q, want %q", got, c.want)
			}
			for _, p := range problems {
				bothLanguages(t, p.Text)
			}
		})
	}
}

// A rule does not talk over what is wrong with the entry itself.
func TestOwnProblemComesFirst(t *testing.T) {
	_, problems := fill(shipped(t)["2102"], "2026-03-18", map[string]string{"agent_id": "310101198506150025"})
	if len(problems) != 1 || !strings.Contains(problems[0].Text.ZH, "校验不通过") {
		t.Error(problems)
	}
}

// No sentence repeats an entry: problems reach logs.
func TestProblemsDoNotRepeatEntries(t *testing.T) {
	for code, typ := range shipped(t) {
		in := typ.Examples()
		for k := range in {
			in[k] = "9182736450918273645"
		}
		_, problems := typ.Fill(in, day(typ.ExampleDay))
		for _, p := range problems {
			if strings.Contains(p.Text.ZH+p.Text.EN, "9182736450") {
				t.Errorf("%s %s: %v", code, p.Field, p.Text)
			}
		}
	}
}
