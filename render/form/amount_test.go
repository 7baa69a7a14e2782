package form

import (
	"math"
	"strings"
	"testing"
)

func TestParseFen(t *testing.T) {
	for in, want := range map[string]int64{
		"1": 100, "128000.5": 12800050, "128,000.50": 12800050, "1,000": 100000, "0.01": 1, "0": 0,
		"¥128,000.50": 12800050, "￥1": 100, " 12.30 ": 1230, "１２８．５０": 12850, "１，０００": 100000,
		"12。5": 1250, "999,999,999,999.99": MaxFen, "999999999999.99": MaxFen,
	} {
		if got, problem := ParseFen(in); got != want || !problem.Empty() {
			t.Errorf("%q: %d %v, want %d", in, got, problem, want)
		}
	}
	for in, part := range map[string]string{
		"1.234": "多于两位", "1.": "格式", ".5": "格式", "": "格式", "1.2.3": "格式", "1e3": "格式", "一百": "格式",
		"1 000": "格式", "+1": "格式", "0x10": "格式", "1_000": "格式", "--1": "负数", "-1": "负数", "－1": "负数",
		"1,00": "逗号", "1000,000": "逗号", ",100": "逗号", "1,,000": "逗号", "100,": "逗号", "1,0000": "逗号",
		"1.00,0": "格式", "007": "以 0 开头", "00.5": "以 0 开头", "1000000000000": "上限", "9999999999999999999999.00": "上限",
		"٣": "格式", "¥": "格式", ",": "格式", "NaN": "格式", "∞": "格式",
	} {
		got, problem := ParseFen(in)
		if got != 0 || !strings.Contains(problem.ZH, part) {
			t.Errorf("%q: %d %q, want a problem with %q", in, got, problem.ZH, part)
			continue
		}
		bothLanguages(t, problem)
	}
}

func TestFormatFen(t *testing.T) {
	for fen, want := range map[int64]string{
		0: "¥0.00", 5: "¥0.05", 100: "¥1.00", 99999: "¥999.99", 100000: "¥1,000.00", 12800050: "¥128,000.50",
		MaxFen: "¥999,999,999,999.99", -1: "-¥0.01", -12345678: "-¥123,456.78",
		math.MinInt64: "-¥92,233,720,368,547,758.08",
	} {
		if got := FormatFen(fen); got != want {
			t.Errorf("%d: %s, want %s", fen, got, want)
		}
	}
}

func FuzzParseFen(f *testing.F) {
	for _, s := range []string{"1", "128,000.50", "１２８．５", "-1", "999999999999.99", "1,0", "0.0.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, problem := ParseFen(s)
		if !problem.Empty() {
			return
		}
		if fen < 0 || fen > MaxFen {
			t.Fatalf("%q is %d", s, fen)
		}
		for _, again := range []string{FormatFen(fen), PlainFen(fen)} {
			if back, problem := ParseFen(again); back != fen || !problem.Empty() {
				t.Fatalf("%q: %d became %d through %s", s, fen, back, again)
			}
		}
	})
}
