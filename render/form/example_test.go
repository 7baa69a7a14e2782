package form_test

import (
	"fmt"
	"time"

	"moqian/assets"
	"moqian/render/form"
)

func ExampleType_Fill() {
	data, _ := assets.FS.ReadFile("forms/2102.json")
	typ, err := form.Parse(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	entries := typ.Examples()
	entries["amount"] = "49,999.999"
	entries["agent_id"] = ""
	_, problems := typ.Fill(entries, time.Date(2026, 3, 18, 0, 0, 0, 0, time.UTC))
	for _, p := range problems {
		fmt.Println(p.Field, p.Text.ZH, p.Text.EN)
	}
	// Output:
	// amount 小数多于两位。请输到分为止。 More than two decimals. Fen is the smallest unit.
	// agent_id 请填写代办人身份证号码。 Please enter agent's ID number.
}

func ExampleWords() {
	fmt.Println(form.FormatFen(12800050), form.Words(12800050))
	// Output: ¥128,000.50 人民币壹拾贰万捌仟元零伍角
}

func ExampleNewNumber() {
	day := time.Date(2026, 3, 18, 0, 0, 0, 0, time.UTC)
	fmt.Println(form.NewNumber("01001", "03", day, 12))
	// Output: 010010326031800129 <nil>
}
