package form

import (
	"strings"
	"testing"
	"unicode"
)

// entry is a field, what is entered, and either the canonical value or a part
// of the Chinese sentence.
type entry struct {
	name  string
	field Field
	in    string
	want  string
	bad   string
}

func account(ledger bool) Field { return Field{ID: "a", Kind: Account, Ledger: ledger} }

func entries() []entry {
	name, amount := Field{Kind: Name}, Field{Kind: Amount}
	id, mobile := Field{Kind: IDCard}, Field{Kind: Mobile}
	return append([]entry{
		{"card", account(false), "6217000100001233453", "6217000100001233453", ""},
		{"card grouped", account(false), " 6217 0001-0000 1233 453", "6217000100001233453", ""},
		{"card full width", account(false), "６２１７０００１００００１２３３４５３", "6217000100001233453", ""},
		{"card digit wrong", account(false), "6217000100001233456", "", "校验不通过"},
		{"card digits exchanged", account(false), "6217000100001234353", "", "校验不通过"},
		{"card short", account(false), "621700010000", "", "12 位"},
		{"card long", account(false), strings.Repeat("0", 24), "", "24 位"},
		{"card letter", account(false), "62170001O0001233453", "", "只能输数字"},
		{"ledger", account(true), "11001042500059123456789", "11001042500059123456789", ""},
		{"ledger 29", account(true), strings.Repeat("1", 29), strings.Repeat("1", 29), ""},
		{"ledger 30", account(true), strings.Repeat("1", 30), "", "30 位"},
		{"ledger short", account(true), "12345678", "", "8 位"},
		{"ledger, but a card", account(true), "6217000100001233456", "", "校验不通过"},

		{"id", id, "110101199003071233", "110101199003071233", ""},
		{"id x", id, "110101 19900307 109x", "11010119900307109X", ""},
		{"id full width", id, "１１０１０１１９９００３０７１０９Ｘ", "11010119900307109X", ""},
		{"id leap day", id, withCheck("11010120000229001"), withCheck("11010120000229001"), ""},
		{"id Taiwan permit", id, withCheck("83000019900307001"), withCheck("83000019900307001"), ""},
		{"id born today", id, withCheck("11010120260318001"), withCheck("11010120260318001"), ""},
		{"id born tomorrow", id, withCheck("11010120260319001"), "", "晚于今天"},
		{"id no leap day", id, withCheck("11010119000229001"), "", "出生日期"},
		{"id month 13", id, withCheck("11010119901301001"), "", "出生日期"},
		{"id year 1899", id, withCheck("11010118991231001"), "", "出生日期"},
		{"id region 00", id, withCheck("00010119900307001"), "", "地区"},
		{"id region 99", id, withCheck("99010119900307001"), "", "地区"},
		{"id check", id, "110101199003071234", "", "校验不通过"},
		{"id 15", id, "110101900307123", "", "15 位旧号码"},
		{"id 17", id, "11010119900307123", "", "有 17 位"},
		{"id X inside", id, "11010X199003071233", "", "17 位数字"},
		{"id ideograph", id, "一10101199003071233", "", "17 位数字"},

		{"mobile", mobile, "13800005678", "13800005678", ""},
		{"mobile grouped", mobile, "138-0000 5678", "13800005678", ""},
		{"mobile +86", mobile, "+86 138 0000 5678", "13800005678", ""},
		{"mobile 0086", mobile, "008613800005678", "13800005678", ""},
		{"mobile full width", mobile, "＋８６１９９００００５６７８", "19900005678", ""},
		{"mobile 12", mobile, "12800005678", "", "13 至 19"},
		{"mobile land line", mobile, "01012345678", "", "13 至 19"},
		{"mobile short", mobile, "1380000567", "", "10 位"},
		{"mobile abroad", mobile, "+4915112345678", "", "只能输数字"},

		{"name", name, " 刘志强 ", "刘志强", ""},
		{"name plane 2", name, "𠮷𬎆", "𠮷𬎆", ""},
		{"name extension I", name, "王\U0002EBF0", "王\U0002EBF0", ""},
		{"name extension G", name, "\U00030000王", "\U00030000王", ""},
		{"name dots", name, "阿卜杜•买买提・江", "阿卜杜·买买提·江", ""},
		{"name Latin", name, "Seán  O'Neill-Groß Jr.", "Seán O'Neill-Groß Jr.", ""},
		{"name NFC", name, "Se\u0301", "Sé", ""},
		{"name Uyghur", name, "ئابدۇ", "ئابدۇ", ""},
		{"name padded", name, "刘\u3000 强", "刘强", ""},
		{"name mixed spaces", name, "示例  ABC 公司", "示例 ABC 公司", ""},
		{"name company", name, "示例（北京）有限公司第2分公司", "示例（北京）有限公司第2分公司", ""},
		{"name zero ideograph", name, "刘〇", "刘〇", ""},
		{"name 70", name, strings.Repeat("𠮷", 70), strings.Repeat("𠮷", 70), ""},
		{"name 71", name, strings.Repeat("𠮷", 71), "", "71 个字"},
		{"name own limit", Field{Kind: Name, Max: 3}, "欧阳志强", "", "最多 3 个"},
		{"name tab", name, "刘\t强", "", "控制字符"},
		{"name line", name, "刘\n强", "", "控制字符"},
		{"name private", name, "王\ue863", "", "自造字"},
		{"name private plane 15", name, "王\U000F0000", "", "自造字"},
		{"name emoji", name, "刘😀", "", "表情"},
		{"name variation", name, "葛\U000E0100", "", "看不见"},
		{"name joiner", name, "刘\u200d强", "", "看不见"},
		{"name right to left mark", name, "刘\u202e强", "", "看不见"},
		{"name Hangul filler", name, "\u3164", "", "看不见"},
		{"name asterisk", name, "刘*强", "", "“*”"},
		{"name digits only", name, "2024", "", "没有文字"},
		{"name compatibility ideographs", name, "\uf92c\ufa0c\U0002f800e\u0301", "\uf92c\ufa0c\U0002f800\u00e9", ""},
		{"name dots only", name, "··", "", "没有文字"},
		{"name bytes", name, "刘\xff", "", "无法识别"},
		{"name noncharacter", name, "刘\U0002FFFE", "", "不能印出"},
		{"name huge", name, strings.Repeat("刘", 2000), "", "太长"},

		{"amount zero", amount, "0.00", "", "不能是 0"},
		{"amount zero allowed", Field{Kind: Amount, Zero: true}, "0", "0.00", ""},

		{"text", Field{Kind: Plain}, "示例路 1 号（2 单元）#3", "示例路 1 号（2 单元）#3", ""},
		{"text limit", Field{Kind: Plain, Max: 2}, "三个字", "", "3 个字"},
		{"text line", Field{Kind: Plain}, "一\r\n二", "", "控制字符"},
		{"text separator", Field{Kind: Plain}, "一\u2028二", "", "控制字符"},
		{"text private", Field{Kind: Plain}, "\uf000", "", "自造字"},
	}, dateEntries()...)
}

func dateEntries() []entry {
	date, past := Field{Kind: Date}, Field{Kind: Date, When: Past}
	future := Field{Kind: Date, When: Future, Choices: []string{"长期"}}
	one := Field{Kind: Choice, Choices: []string{"遗失", "被盗"}}
	many := Field{Kind: Choice, Multi: true, Choices: []string{"短信", "网银", "手机"}}
	return []entry{
		{"date", date, "2026-03-18", "2026-03-18", ""},
		{"date digits", date, "20260318", "2026-03-18", ""},
		{"date slashes", date, "2026/3/8", "2026-03-08", ""},
		{"date Chinese", date, "２０２６年3月8日", "2026-03-08", ""},
		{"date 31 April", date, "2026-04-31", "", "不是有效的日期"},
		{"date 29 February", date, "2026-02-29", "", "不是有效的日期"},
		{"date two-digit year", date, "26-03-18", "", "不是有效的日期"},
		{"date word", date, "长期", "", "不是有效的日期"},
		{"past today", past, "2026-03-18", "2026-03-18", ""},
		{"past tomorrow", past, "2026-03-19", "", "晚于今天"},
		{"future today", future, "2026-03-18", "2026-03-18", ""},
		{"future yesterday", future, "2026-03-17", "", "已过"},
		{"future word", future, "长期", "长期", ""},
		{"choice", one, "被盗", "被盗", ""},
		{"choice other", one, "烧毁", "", "可选项"},
		{"choice two", one, "遗失、被盗", "", "可选项"},
		{"many in order", many, "手机、 短信", "短信、手机", ""},
		{"many twice", many, "短信、短信", "", "可选项"},
		{"many other", many, "短信、传真", "", "可选项"},
		{"many empty", many, "短信、", "", "可选项"},
	}
}

// withCheck appends the check character, computed by the weights printed in GB
// 11643 and not by the recurrence of the program.
func withCheck(s string) string {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(s[i]-'0')
	}
	return s + string("10X98765432"[sum%11])
}

func TestChecks(t *testing.T) {
	for _, e := range entries() {
		t.Run(e.name, func(t *testing.T) {
			got, problem := e.field.check(e.in, day("2026-03-18"))
			if e.bad == "" {
				if !problem.Empty() || got.Raw != e.want {
					t.Fatalf("%q: got %q, problem %v", e.in, got.Raw, problem)
				}
				again, problem := e.field.check(got.Raw, day("2026-03-18"))
				if !problem.Empty() || again.Raw != got.Raw {
					t.Errorf("canonical %q is not stable: %q %v", got.Raw, again.Raw, problem)
				}
				return
			}
			if !strings.Contains(problem.ZH, e.bad) || got.Raw != "" {
				t.Fatalf("%q: got %q, problem %v, want %q", e.in, got.Raw, problem, e.bad)
			}
			bothLanguages(t, problem)
		})
	}
}

// bothLanguages demands sentences, Chinese in one and none in the other but
// what is quoted.
func bothLanguages(t *testing.T, text Text) {
	t.Helper()
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	if !han(text.ZH) || !strings.HasSuffix(text.ZH, "。") || strings.Contains(text.ZH, "%!") {
		t.Errorf("no Chinese sentence: %q", text.ZH)
	}
	if text.EN == "" || han(text.EN) || !strings.HasSuffix(text.EN, ".") || strings.Contains(text.EN, "%!") {
		t.Errorf("no English sentence: %q", text.EN)
	}
}

func TestEmptyEntryIsNoValue(t *testing.T) {
	for _, k := range []Kind{Name, Account, Amount, IDCard, Mobile, Date, Choice, Plain} {
		f := Field{Kind: k, Choices: []string{"x"}}
		for _, in := range []string{"", "  ", "\u3000\t\n"} {
			if v, problem := f.check(in, day("2026-03-18")); v.Raw != "" || !problem.Empty() {
				t.Errorf("%s %q: %v %v", k, in, v, problem)
			}
		}
	}
}

// Every single wrong digit, and of the identity number every exchange of
// neighbours, must be caught by some check.
func TestSlipsAreCaught(t *testing.T) {
	for _, c := range []struct {
		field Field
		good  string
	}{{account(false), "6217000100001233453"}, {Field{Kind: IDCard}, "110101199003071233"}} {
		for i := range c.good {
			for d := byte('0'); d <= '9'; d++ {
				b := []byte(c.good)
				if b[i] == d {
					continue
				}
				b[i] = d
				if _, problem := c.field.check(string(b), day("2026-03-18")); problem.Empty() {
					t.Errorf("%s passes for %s", b, c.good)
				}
			}
			if b := []byte(c.good); c.field.Kind == IDCard && i > 0 && b[i] != b[i-1] {
				b[i], b[i-1] = b[i-1], b[i]
				if _, problem := c.field.check(string(b), day("2026-03-18")); problem.Empty() {
					t.Errorf("%s passes for %s", b, c.good)
				}
			}
		}
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		born, at string
		want     int
	}{
		{"2008-03-18", "2026-03-17", 17}, {"2008-03-18", "2026-03-18", 18},
		{"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18},
		{"2008-12-31", "2026-01-01", 17}, {"2026-03-18", "2026-03-18", 0},
	} {
		if got := age(day(c.born), day(c.at)); got != c.want {
			t.Errorf("born %s is %d on %s, want %d", c.born, got, c.at, c.want)
		}
	}
}
