package form

import "strings"

const (
	minCard, maxCard     = 13, 23
	minLedger, maxLedger = 9, 29 // 30 digits do not fit a cell at 9 pt
)

// checkAccount takes cards (Luhn, ISO/IEC 7812-1 annex B) or, for a Ledger
// field, any account. There a number of 16 to 19 digits that begins with 62 is
// held to be a UnionPay card and must pass Luhn too.
func checkAccount(f *Field, s string) (checked, Text) {
	s = compact(s)
	lo, hi := minCard, maxCard
	if f.Ledger {
		lo, hi = minLedger, maxLedger
	}
	if f.Max > 0 {
		hi = min(hi, f.Max)
	}
	if !digits(s) {
		return checked{}, say("只能输数字。请核对后重输，或按 F7 刷卡。",
			"Digits only. Check and re-enter, or F7 to swipe.")
	}
	if len(s) < lo || len(s) > hi {
		return checked{}, say("有 %d 位数字，应为 %d 至 %d 位。请核对后重输，或按 F7 刷卡。",
			"%d digits, but it must be %d to %d. Check and re-enter, or F7 to swipe.", len(s), lo, hi)
	}
	card := !f.Ledger || strings.HasPrefix(s, "62") && len(s) >= 16 && len(s) <= 19
	if card && !luhn(s) {
		return checked{}, say("卡号校验不通过。请核对后重输，或按 F7 刷卡。",
			"Card number fails its check. Re-enter, or F7 to swipe.")
	}
	return checked{Value: Value{Raw: s, Shown: s, Groups: groups(s, 4)}}, Text{}
}

func luhn(s string) bool {
	sum := 0
	for i := 0; i < len(s); i++ {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
