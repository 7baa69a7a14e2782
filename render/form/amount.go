package form

import (
	"strconv"
	"strings"
)

// MaxFen is the largest amount, 999,999,999,999.99 yuan in fen.
const MaxFen int64 = 99_999_999_999_999

// FormatFen prints fen as ¥128,000.50; a negative amount as -¥1.00.
func FormatFen(fen int64) string {
	sign, n := "", uint64(fen)
	if fen < 0 {
		sign, n = "-", -n
	}
	yuan := strconv.FormatUint(n/100, 10)
	var b strings.Builder
	b.WriteString(sign + "¥")
	for i, c := range yuan {
		if i > 0 && (len(yuan)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	b.WriteString("." + cents(n))
	return b.String()
}

// PlainFen is the canonical entry of an amount of 0 or more: 128000.50.
func PlainFen(fen int64) string {
	return strconv.FormatInt(fen/100, 10) + "." + cents(uint64(fen))
}

func cents(n uint64) string {
	s := strconv.FormatUint(n%100+100, 10)
	return s[1:]
}

// ParseFen reads decimal text such as 128000.5, 128,000.50, ¥1 or １２８ into
// fen. Commas are taken only where they belong, every three digits. When the
// second result is not empty it says what is wrong and the first is 0. Zero
// is an amount here; a form refuses it unless the field allows it.
func ParseFen(s string) (int64, Text) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(narrow(s)), "¥"), "￥"))
	whole, frac, point := strings.Cut(s, ".")
	plain, ok := ungroup(whole)
	switch {
	case strings.HasPrefix(s, "-"):
		return 0, say("金额不能是负数。请重输。", "An amount cannot be negative. Re-enter.")
	case !digits(strings.ReplaceAll(whole, ",", "")) || point && !digits(frac):
		return 0, say("金额格式不对。请输数字，最多两位小数。", "Not an amount. Digits only, at most two decimals.")
	case !ok:
		return 0, say("逗号位置不对。请去掉逗号，或每三位一个。", "The commas are misplaced. Leave them out, or put one every three digits.")
	case len(frac) > 2:
		return 0, say("小数多于两位。请输到分为止。", "More than two decimals. Fen is the smallest unit.")
	case len(plain) > 1 && plain[0] == '0':
		return 0, say("金额以 0 开头，可能输错。请重输。", "The amount begins with 0, which may be a slip. Re-enter.")
	case len(plain) > 12:
		return 0, say("超过上限 999,999,999,999.99 元。请核对后重输。",
			"Above the limit of 999,999,999,999.99. Check and re-enter.")
	}
	fen, err := strconv.ParseInt(plain+(frac + "00")[:2], 10, 64)
	if err != nil { // 14 digits always fit
		panic("form: internal error: amount " + err.Error())
	}
	return fen, Text{}
}

// ungroup drops commas and says whether they stood every three digits.
func ungroup(whole string) (string, bool) {
	parts := strings.Split(whole, ",")
	for i, p := range parts {
		if len(parts) > 1 && (len(p) > 3 || len(p) == 0 || i > 0 && len(p) != 3) {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func checkAmount(f *Field, s string) (checked, Text) {
	fen, t := ParseFen(s)
	if !t.Empty() {
		return checked{}, t
	}
	if fen == 0 && !f.Zero {
		return checked{}, say("金额不能是 0。请重输。", "The amount cannot be 0. Re-enter.")
	}
	return checked{Value: Value{Raw: PlainFen(fen), Shown: FormatFen(fen)}, fen: fen}, Text{}
}
