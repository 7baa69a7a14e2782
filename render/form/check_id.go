package form

import (
	"strings"
	"time"
)

// checkID takes a resident identity number by GB 11643-1999: six digits of
// region, eight of birth, three of sequence, and an ISO 7064 MOD 11-2 check
// character. Residence permits of Hong Kong, Macao and Taiwan people (81, 82,
// 83) follow the same rule. Of the region only the province is checked: county
// codes come and go and the number keeps the old one.
func checkID(s string, day time.Time) (checked, Text) {
	s = strings.ToUpper(compact(s))
	if t := idShape(s); !t.Empty() {
		return checked{}, t
	}
	if !province(s[:2]) {
		return checked{}, say("前 6 位不是有效的地区代码。请对照证件重输，或按 F7 读取。",
			"The first 6 digits name no region. Compare with the ID and re-enter, or F7 to read.")
	}
	birth, err := time.Parse("20060102", s[6:14])
	if err != nil || birth.Year() < 1900 {
		return checked{}, say("第 7 至 14 位不是有效的出生日期。请对照证件重输，或按 F7 读取。",
			"Digits 7 to 14 are no date of birth. Compare with the ID and re-enter, or F7 to read.")
	}
	if birth.After(civil(day)) {
		return checked{}, say("出生日期晚于今天。请对照证件重输，或按 F7 读取。",
			"The date of birth is in the future. Compare with the ID and re-enter, or F7 to read.")
	}
	if !mod11(s) {
		return checked{}, say("校验不通过。请对照证件重输，或按 F7 读取。",
			"Check failed. Compare with the ID and re-enter, or F7 to read.")
	}
	return checked{Value: Value{Raw: s, Shown: s, Groups: groups(s, 6, 8, 4)}}, Text{}
}

func idShape(s string) Text {
	switch {
	case len(s) == 15 && digits(s):
		return say("这是已停用的 15 位旧号码。请用现行证件上的 18 位号码。",
			"This is an old 15-digit number, no longer valid. Use the 18 places on the present ID.")
	case len([]rune(s)) != 18:
		return say("有 %d 位，应为 18 位。请对照证件重输，或按 F7 读取。",
			"%d places, but it must be 18. Compare with the ID and re-enter, or F7 to read.", len([]rune(s)))
	case len(s) != 18 || !digits(s[:17]) || !digits(s[17:]) && s[17] != 'X':
		return say("应为 17 位数字加 1 位数字或 X。请对照证件重输，或按 F7 读取。",
			"It must be 17 digits and then a digit or X. Compare with the ID and re-enter, or F7 to read.")
	}
	return Text{}
}

// province says whether the first two digits are in GB/T 2260, or 83 for
// permits of Taiwan residents.
func province(code string) bool {
	switch code[0] {
	case '1':
		return code[1] >= '1' && code[1] <= '5'
	case '2':
		return code[1] >= '1' && code[1] <= '3'
	case '3':
		return code[1] >= '1' && code[1] <= '7'
	case '4':
		return code[1] >= '1' && code[1] <= '6'
	case '5':
		return code[1] >= '0' && code[1] <= '4'
	case '6':
		return code[1] >= '1' && code[1] <= '5'
	case '7':
		return code[1] == '1'
	case '8':
		return code[1] >= '1' && code[1] <= '3'
	}
	return false
}

// mod11 is ISO 7064 MOD 11-2: the weights are powers of 2 modulo 11, the place
// of the check character has weight 1, and the sum leaves 1.
func mod11(s string) bool {
	sum := 0
	for i := 0; i < 17; i++ {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	last := 10
	if s[17] != 'X' {
		last = int(s[17] - '0')
	}
	return (sum+last)%11 == 1
}

// born reads the date of birth out of a checked identity number.
func born(id string) time.Time {
	t, _ := time.Parse("20060102", id[6:14])
	return t
}

// age in full years on a day. Somebody born on 29 February is a year older on
// 1 March of a common year.
func age(birth, day time.Time) int {
	years := day.Year() - birth.Year()
	if day.Month() < birth.Month() || day.Month() == birth.Month() && day.Day() < birth.Day() {
		years--
	}
	return years
}
