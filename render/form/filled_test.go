package form

import (
	"slices"
	"strings"
	"testing"
)

func TestValues(t *testing.T) {
	types := shipped(t)
	for _, c := range []struct {
		code, id             string
		raw, line, maskedRaw string
	}{
		{"2101", "account", "6217000100001233453", "6217 0001 0000 1233 453", "6217********3453"},
		{"2101", "amount", "128000.50", "¥128,000.50", "128000.50"},
		{"2101", "$words", "人民币壹拾贰万捌仟元零伍角", "人民币壹拾贰万捌仟元零伍角", "人民币壹拾贰万捌仟元零伍角"},
		{"2101", "$type", "2101 现金存款", "2101 现金存款", "2101 现金存款"},
		{"2101", "$currency", "人民币 CNY", "人民币 CNY", "人民币 CNY"},
		{"2101", "id_no", "110101199003071233", "110101 19900307 1233", "1101**********1233"},
		{"2101", "document", "居民身份证 1101**********1233", "居民身份证 1101**********1233", "居民身份证 1101**********1233"},
		{"2102", "agent_both", "李娜 3101**********0024", "李娜 3101**********0024", "李娜 3101**********0024"},
		{"2103", "payee_account", "11001042500059123456789", "1100 1042 5000 5912 3456 789", "1100********6789"},
		{"2103", "payer", "刘志强", "刘志强", "刘志强"},
		{"3101", "phone", "13800005678", "138 0000 5678", "138****5678"},
		{"3101", "phone_masked", "138****5678", "138 **** 5678", "138****5678"},
		{"3101", "lost", "2026-03-17 示例市地铁 2 号线", "2026-03-17 示例市地铁 2 号线", "2026-03-17 示例市地铁 2 号线"},
		{"3101", "$day+7", "2026-03-25", "2026-03-25", "2026-03-25"},
		{"1101", "sex_nationality", "男 / 中国", "男 / 中国", "男 / 中国"},
		{"1101", "birth", "2014-06-09", "2014-06-09", "2014-06-09"},
		{"1101", "services", "短信通知、手机银行", "短信通知、手机银行", "短信通知、手机银行"},
	} {
		f := mustFill(t, types[c.code], nil)
		v, ok := f.Value(c.id)
		m, maskedOK := f.Masked(c.id)
		if !ok || !maskedOK || v.Raw != c.raw || v.Line() != c.line || m.Raw != c.maskedRaw {
			t.Errorf("%s %s: %q %q, masked %q", c.code, c.id, v.Raw, v.Line(), m.Raw)
		}
		if v.Groups != nil && strings.Join(v.Groups, "") != v.Raw {
			t.Errorf("%s %s: groups %q are not %q", c.code, c.id, v.Groups, v.Raw)
		}
	}
	f := mustFill(t, types["2101"], nil)
	m, _ := f.Masked("account")
	if !slices.Equal(m.Groups, []string{"6217", "****", "****", "3453"}) {
		t.Errorf("masked account %q", m.Groups)
	}
}

func TestNoValue(t *testing.T) {
	f := mustFill(t, shipped(t)["2101"], nil)
	for _, id := range []string{"agent", "agent_id", "agent_both"} {
		for _, look := range []func(string) (Value, bool){f.Value, f.Masked} {
			if v, ok := look(id); ok || v.Shown != "—" || v.Raw != "" {
				t.Errorf("%s: %v %v", id, v, ok)
			}
		}
	}
	for _, id := range []string{"$branch", "$time", "$number", "$approval", "$fee", "$nonsense", "$day+0", "$day+07", "nonsense", ""} {
		if v, ok := f.Value(id); ok || v.Shown != "" {
			t.Errorf("%s: %v %v", id, v, ok)
		}
	}
	open := mustFill(t, shipped(t)["1101"], map[string]string{"first": "-"})
	if v, ok := open.Value("$words"); ok || v.Shown != "—" || open.Fen() != 0 {
		t.Errorf("words of no amount: %v %v", v, ok)
	}
}

// What is masked must be nowhere in the value, for accounts of every length.
func TestMaskHides(t *testing.T) {
	typ := shipped(t)["3101"]
	for n := minLedger; n <= maxLedger; n++ {
		number := "1234" + strings.Repeat("7", n-8) + "5678"
		f := mustFill(t, typ, map[string]string{"account": number})
		m, _ := f.Masked("account")
		if all := m.Raw + m.Shown + strings.Join(m.Groups, ""); strings.Contains(all, "7****") || m.Line() != "1234 **** **** 5678" {
			t.Errorf("%d digits: %q", n, all)
		}
	}
}

func TestNeedsApproval(t *testing.T) {
	types := shipped(t)
	for _, c := range []struct {
		code, amount string
		want         bool
	}{
		{"2101", "99999.99", false}, {"2101", "100000", true},
		{"2102", "49999.99", false}, {"2102", "50000", true}, {"2103", "50,000.01", true}, {"2103", "1", false},
	} {
		if f := mustFill(t, types[c.code], map[string]string{"amount": c.amount}); f.NeedsApproval() != c.want {
			t.Errorf("%s %s: %v", c.code, c.amount, !c.want)
		}
	}
	for _, code := range []string{"1101", "3101"} {
		if !mustFill(t, types[code], nil).NeedsApproval() {
			t.Errorf("%s goes without approval", code)
		}
	}
	never := *types["2102"]
	never.Limit = 0
	if mustFill(t, &never, map[string]string{"amount": "999999999999.99"}).NeedsApproval() {
		t.Error("limit 0 must never ask")
	}
	// A balance is not the amount of the business.
	if f := mustFill(t, types["3101"], nil); f.Fen() != 0 {
		t.Errorf("loss report of %d fen", f.Fen())
	}
}

func TestSigners(t *testing.T) {
	agent := map[string]string{"agent": "李娜", "agent_id": "310101198506150024"}
	none := map[string]string{"agent": "-", "agent_id": "-"}
	adult := map[string]string{"id_no": "110101199003071233", "guardian": "-", "relation": "-", "guardian_id_type": "-", "guardian_id": "-", "proof": "-"}
	for _, c := range []struct {
		code string
		in   map[string]string
		want string
	}{
		{"2101", none, "客户签名"}, {"2101", agent, "代办人签名"},
		{"2102", none, "客户签名"}, {"2102", agent, "客户签名 代办人签名"},
		{"2103", nil, "付款人签名"}, {"2103", map[string]string{"agent": "李娜"}, "付款人签名 代办人签名"},
		{"3101", nil, "申请人签名"}, {"3101", agent, "代办人签名"},
		{"1101", nil, "申请人签名 监护人签名"}, {"1101", adult, "申请人签名"},
	} {
		var got []string
		for _, s := range mustFill(t, shipped(t)[c.code], c.in).Signers() {
			got = append(got, s.Label().ZH)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v sign, want %s", c.code, got, c.want)
		}
	}
}

func TestStatement(t *testing.T) {
	typ := shipped(t)["1101"]
	got := mustFill(t, typ, nil).Statement(3)
	want := "申请人及监护人已逐页阅读本申请书第 1–3 页，确认户名 张明、账号 6217 0001 0000 1233 453、首次存入金额 ¥1,000.00 无误，并同意全部条款。"
	if got.ZH != want || !strings.HasPrefix(got.EN, "Applicant and Guardian: ") {
		t.Errorf("%+v", got)
	}
	half := shipped(t)["2101"]
	if mustFill(t, half, nil).Statement(1) != half.Statement {
		t.Error("a statement without places must stay")
	}
}

func TestPicked(t *testing.T) {
	f := mustFill(t, shipped(t)["1101"], map[string]string{"services": "境外取现、短信通知"})
	if got := f.Picked("services"); !slices.Equal(got, []bool{true, false, false, false, true, false}) {
		t.Error(got)
	}
	f = mustFill(t, shipped(t)["1101"], map[string]string{"services": ""})
	if slices.Contains(f.Picked("services"), true) {
		t.Error("nothing was chosen")
	}
}
