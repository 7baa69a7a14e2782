package form

import (
	"slices"
	"strings"
	"time"
)

const dayLayout = "2006-01-02"

// checkDate takes 2026-03-18, 2026/3/18, 2026.3.18, 2026年3月18日 and 20260318,
// or one of the field's words.
func checkDate(f *Field, s string, day time.Time) (checked, Text) {
	if slices.Contains(f.Choices, s) {
		return plainly(s), Text{}
	}
	d, ok := readDate(s)
	if !ok {
		return checked{}, say("不是有效的日期。请按 2026-03-18 的样子输入。",
			"Not a date of the calendar. Enter it like 2026-03-18.")
	}
	if f.When == Past && d.After(civil(day)) {
		return checked{}, say("日期晚于今天。请核对后重输。", "The date is in the future. Check and re-enter.")
	}
	if f.When == Future && d.Before(civil(day)) {
		return checked{}, say("日期已过。请核对后重输；证件过期的请换有效证件。",
			"The date has passed. Check and re-enter; an expired ID must be replaced by a valid one.")
	}
	return plainly(d.Format(dayLayout)), Text{}
}

func readDate(s string) (time.Time, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-", " ", "").Replace(narrow(s))
	for _, layout := range []string{"2006-1-2", "20060102"} {
		if d, err := time.Parse(layout, s); err == nil && d.Year() >= 1900 {
			return d, true
		}
	}
	return time.Time{}, false
}

// civil is the calendar day of t in its own location, as midnight UTC.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
