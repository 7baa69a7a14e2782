package form

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// The pairs are those of the specification of the pages, section 9.
func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"0.00": "零元整", "0.01": "壹分", "0.05": "伍分", "0.50": "伍角", "1.00": "壹元整", "1.10": "壹元壹角",
		"10.00": "壹拾元整", "10.05": "壹拾元零伍分", "20.30": "贰拾元零叁角", "110.00": "壹佰壹拾元整",
		"325.04": "叁佰贰拾伍元零肆分", "1,001.00": "壹仟零壹元整", "1,409.50": "壹仟肆佰零玖元伍角",
		"1,680.32": "壹仟陆佰捌拾元零叁角贰分", "6,007.14": "陆仟零柒元壹角肆分",
		"16,409.02": "壹万陆仟肆佰零玖元零贰分", "100,500.00": "壹拾万零伍佰元整",
		"107,000.53": "壹拾万柒仟元零伍角叁分", "128,000.50": "壹拾贰万捌仟元零伍角",
		"1,010,000.10": "壹佰零壹万元零壹角", "10,100,000.00": "壹仟零壹拾万元整",
		"100,000,001.00": "壹亿零壹元整", "100,007,000.00": "壹亿零柒仟元整",
		"100,050,000.06": "壹亿零伍万元零陆分", "1,000,000,000.00": "壹拾亿元整",
		"1,000,500,000.00":   "壹拾亿零伍拾万元整",
		"999,999,999,999.99": "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
	} {
		fen, problem := ParseFen(in)
		if got := Words(fen); !problem.Empty() || got != "人民币"+want {
			t.Errorf("%s: %s, want 人民币%s", in, got, want)
		}
	}
	if Words(-1) != "" || Words(MaxFen+1) != "" {
		t.Error("amounts out of range have words")
	}
}

// read turns capital numerals back into fen, knowing nothing of how they are
// written: a digit waits for its unit, 万 and 亿 multiply what stands before.
func read(s string) (int64, error) {
	s, ok := strings.CutPrefix(s, "人民币")
	if !ok {
		return 0, fmt.Errorf("does not begin with 人民币")
	}
	digit := map[rune]int64{'零': 0, '壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9}
	unit := map[rune]int64{'拾': 10, '佰': 100, '仟': 1000}
	var total, section, waiting int64
	for _, r := range s {
		d, isDigit := digit[r]
		switch {
		case isDigit:
			waiting = d
		case unit[r] > 0:
			section, waiting = section+waiting*unit[r], 0
		case r == '万' || r == '亿':
			power := map[rune]int64{'万': 1e4, '亿': 1e8}[r]
			total, section, waiting = total+(section+waiting)*power*100, 0, 0
		case r == '元':
			total, section, waiting = total+(section+waiting)*100, 0, 0
		case r == '角':
			total, waiting = total+waiting*10, 0
		case r == '分':
			total, waiting = total+waiting, 0
		case r != '整':
			return 0, fmt.Errorf("unknown %c", r)
		}
	}
	return total, nil
}

func TestWordsRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 300_000 {
		fen := rng.Int64N(MaxFen + 1)
		switch i % 3 {
		case 1: // every length
			fen %= pow10(1 + rng.IntN(14))
		case 2: // many zeros
			for j := range 14 {
				if rng.IntN(3) > 0 {
					fen -= fen / pow10(j) % 10 * pow10(j)
				}
			}
		}
		s := Words(fen)
		back, err := read(s)
		if err != nil || back != fen {
			t.Fatalf("%d: %s reads as %d (%v)", fen, s, back, err)
		}
		form(t, fen, s)
	}
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// form checks what an inverse cannot see.
func form(t *testing.T, fen int64, s string) {
	t.Helper()
	for _, bad := range []string{"零零", "零万", "零亿", "零仟", "零佰", "零拾", "亿万", "零角", "零分", "零整", "币零"} {
		if strings.Contains(s, bad) && fen != 0 {
			t.Fatalf("%d: %s holds %s", fen, s, bad)
		}
	}
	if strings.HasSuffix(s, "整") != (fen%100 == 0) || strings.Contains(s, "元") != (fen >= 100 || fen == 0) {
		t.Fatalf("%d: %s ends wrongly", fen, s)
	}
	if i := strings.IndexRune(s, '拾'); i >= 3 && !strings.ContainsAny(s[i-3:i], "壹贰叁肆伍陆柒捌玖") {
		t.Fatalf("%d: %s has 拾 without a digit", fen, s)
	}
	if fen >= 100 && fen%100 != 0 && fen/100%10 == 0 && !strings.Contains(s, "元零") {
		t.Fatalf("%d: %s lacks 零 after 元", fen, s)
	}
}
