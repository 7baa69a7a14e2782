package form

import "strings"

// Words writes an amount of fen in capital Chinese numerals (大写金额) by the
// People's Bank's rules for payment vouchers. Where the rules leave a choice:
// nothing after 角, 零 between 元 and 角 when the digit of 元 is 0, no 零 where
// only the digit of 万 is 0, no 零元 under one yuan; 0 is 零元整. Outside 0 to
// MaxFen it is empty.
func Words(fen int64) string {
	if fen < 0 || fen > MaxFen {
		return ""
	}
	yuan, jiao, cent := fen/100, fen/10%10, fen%10
	var b strings.Builder
	b.WriteString("人民币")
	if yuan > 0 || fen == 0 {
		b.WriteString(integer(yuan) + "元")
	}
	if jiao == 0 && cent == 0 {
		return b.String() + "整"
	}
	if yuan > 0 && (jiao == 0 || yuan%10 == 0) {
		b.WriteString("零")
	}
	if jiao > 0 {
		b.WriteString(numeral(jiao) + "角")
	}
	if cent > 0 {
		b.WriteString(numeral(cent) + "分")
	}
	return b.String()
}

// integer writes up to twelve digits in groups of four: 亿, 万, and ones. Zeros
// at the end of a group are silent, all others together are one 零.
func integer(n int64) string {
	if n == 0 {
		return "零"
	}
	var b strings.Builder
	zero := false
	for g, power := 0, int64(100_000_000); g < 3; g, power = g+1, power/10_000 {
		group := n / power % 10_000
		for d, place := 0, int64(1000); d < 4; d, place = d+1, place/10 {
			digit := group / place % 10
			if digit == 0 {
				zero = true
				continue
			}
			if zero && b.Len() > 0 {
				b.WriteString("零")
			}
			zero = false
			b.WriteString(numeral(digit) + [...]string{"仟", "佰", "拾", ""}[d])
		}
		if group > 0 {
			b.WriteString([...]string{"亿", "万", ""}[g])
			zero = false
		}
	}
	return b.String()
}

func numeral(d int64) string {
	return [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}[d]
}
