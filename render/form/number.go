package form

import (
	"fmt"
	"strings"
	"time"
)

// Number is a voucher number taken apart. Written it has 18 digits: branch 5,
// workstation 2, business date yymmdd, serial 4, check 1. It fits a uint64.
type Number struct {
	Branch      string    // 5 digits
	Workstation string    // 2 digits
	Business    time.Time // midnight UTC, 2000 to 2099
	Serial      int       // 1 to 9999, of one workstation and day
}

// NewNumber makes a voucher number. Of business only the calendar day counts.
// The check digit is Damm's (H. Michael Damm, Total anti-symmetrische
// Quasigruppen, Marburg 2004): it catches every single wrong digit and every
// exchange of neighbours, with digits only, which ISO 7064 MOD 11,10 does not.
func NewNumber(branch, workstation string, business time.Time, serial int) (string, error) {
	if len(branch) != 5 || !digits(branch) {
		return "", fmt.Errorf("voucher number: branch %q is not 5 digits", branch)
	}
	if len(workstation) != 2 || !digits(workstation) {
		return "", fmt.Errorf("voucher number: workstation %q is not 2 digits", workstation)
	}
	if y := business.Year(); y < 2000 || y > 2099 {
		return "", fmt.Errorf("voucher number: year %d is not from 2000 to 2099", y)
	}
	if serial < 1 || serial > 9999 {
		return "", fmt.Errorf("voucher number: serial %d is not from 1 to 9999", serial)
	}
	s := branch + workstation + business.Format("060102") + fmt.Sprintf("%04d", serial)
	return s + string('0'+damm(s)), nil
}

// ParseNumber reads a voucher number, spaces between groups allowed, and says
// why it is none.
func ParseNumber(s string) (Number, error) {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) != 18 || !digits(s) {
		return Number{}, fmt.Errorf("voucher number: not 18 digits")
	}
	if damm(s) != 0 {
		return Number{}, fmt.Errorf("voucher number %s: check digit is wrong", s)
	}
	day, err := time.Parse("20060102", "20"+s[7:13])
	if err != nil {
		return Number{}, fmt.Errorf("voucher number %s: %s is no date", s, s[7:13])
	}
	serial := int(s[13]-'0')*1000 + int(s[14]-'0')*100 + int(s[15]-'0')*10 + int(s[16]-'0')
	if serial == 0 {
		return Number{}, fmt.Errorf("voucher number %s: serial is 0", s)
	}
	return Number{Branch: s[:5], Workstation: s[5:7], Business: day, Serial: serial}, nil
}

// damm runs digits through the quasigroup of order 10; a number with its check
// digit gives 0.
func damm(s string) byte {
	table := [10]string{
		"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
		"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
	}
	var state byte
	for i := 0; i < len(s); i++ {
		state = table[state][s[i]-'0'] - '0'
	}
	return state
}
