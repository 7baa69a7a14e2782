package form

import "strings"

// checkMobile takes mainland numbers, 11 digits that begin with 13 to 19, with
// or without the country code.
func checkMobile(s string) (checked, Text) {
	s = compact(s)
	for _, code := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(s, code); ok && len(rest) == 11 {
			s = rest
			break
		}
	}
	if !digits(s) {
		return checked{}, say("只能输数字。请输 11 位手机号码。", "Digits only. Enter the 11 digits of a mobile number.")
	}
	if len(s) != 11 {
		return checked{}, say("有 %d 位数字，应为 11 位。请核对后重输。",
			"%d digits, but a mobile number has 11. Check and re-enter.", len(s))
	}
	if s[0] != '1' || s[1] < '3' {
		return checked{}, say("手机号码应以 13 至 19 开头。请核对后重输。",
			"A mobile number begins with 13 to 19. Check and re-enter.")
	}
	return checked{Value: Value{Raw: s, Shown: s, Groups: groups(s, 3, 4, 4)}}, Text{}
}
