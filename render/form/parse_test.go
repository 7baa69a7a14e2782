package form

import (
	"bytes"
	"strings"
	"testing"

	"moqian/assets"
)

func shippedJSON(t testing.TB, code string) []byte {
	t.Helper()
	data, err := assets.FS.ReadFile("forms/" + code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Each defect is planted into a good file and must be named.
func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, code, old, new, want string }{
		{"syntax", "2101", `"code": "2101",`, `"code" "2101",`, "invalid character"},
		{"unknown key", "2101", `"code": "2101",`, `"code": "2101", "colour": 1,`, "unknown field"},
		{"key in capitals", "2101", `"code":`, `"Code":`, "doubled or unknown"},
		{"key twice", "2101", `"code": "2101",`, `"code": "2101", "code": "2101",`, "doubled or unknown"},
		{"inner key twice", "2101", `"h": 8.5,`, `"h": 8.5, "h": 8.5,`, "doubled or unknown"},
		{"wrong type", "2101", `"h": 8.5,`, `"h": "8.5",`, "cannot unmarshal"},
		{"code", "2101", `"code": "2101"`, `"code": "21x1"`, "4 digits"},
		{"English missing", "2101", `"en": "Account name"`, `"en": " "`, "lacks a language"},
		{"control character", "2101", `"en": "Account name"`, `"en": "Account\u0007name"`, "control character"},
		{"id twice", "2101", `"id": "name"`, `"id": "account"`, "used twice"},
		{"id of a derived value twice", "2101", `"id": "document"`, `"id": "id_no"`, "used twice"},
		{"id in capitals", "2101", `"id": "opened_at"`, `"id": "Opened"`, "a-z"},
		{"kind", "2101", `"kind": "account"`, `"kind": "iban"`, "kind"},
		{"option of another kind", "2101", `"kind": "id", "required": true`, `"kind": "id", "required": true, "zero": true`, "does not belong"},
		{"max of a choice", "2101", `"kind": "choice",`, `"kind": "choice", "max": 3,`, "does not belong"},
		{"max too high", "2101", `"max": 46`, `"max": 460`, "max"},
		{"when", "3101", `"when": "past"`, `"when": "yesterday"`, "neither past nor future"},
		{"no choices", "2102", `"choices": ["居民身份证", "户口簿", "港澳居民居住证", "台湾居民居住证"], "default"`, `"default"`, "there must be some"},
		{"choice twice", "2102", `"户口簿"`, `"居民身份证"`, "doubled"},
		{"mark in a multiple choice", "1101", `"网上银行"`, `"网上、银行"`, "holds 、"},
		{"example", "2101", `"example": "6217000100001233453"`, `"example": "6217000100001233454"`, "example of account"},
		{"example missing", "2101", `"example": "刘志强"`, `"example": ""`, "example of name"},
		{"example against a rule", "2103", `"example": "11001042500059123456789"`, `"example": "6217000100001233453"`, "example of payee_account"},
		{"example day", "2101", `"example_day": "2026-03-18"`, `"example_day": "2026-02-30"`, "example_day"},
		{"default", "2101", `"default": "活期储蓄"`, `"default": "定期"`, "default of deposit"},
		{"row without a field", "2101", `{"field": "opened_at"}`, `{"field": "opened"}`, `no field "opened"`},
		{"row with unknown $", "2101", `"$currency"`, `"$money"`, `no field "$money"`},
		{"computed without label", "2101", `{"field": "$currency", "label": {"zh": "币种", "en": "Currency"}}`, `{"field": "$currency"}`, "lacks a language"},
		{"day without number", "3101", `"$day+7"`, `"$day+"`, "no field"},
		{"field on no page", "2101", `{"field": "source"}`, `{"field": "deposit"}`, "source stands on no page"},
		{"bank copy too high", "2101", `{"h": 11, "cells"`, `{"h": 12, "cells"`, "67.2 is the most"},
		{"customer copy too high", "2103", `{"h": 8, "cells"`, `{"h": 9.5, "cells"`, "86 is the most"},
		{"row too low", "2101", `{"h": 11, "cells"`, `{"h": 1, "cells"`, "a row of 1 mm"},
		{"negative row", "2101", `{"h": 11, "cells"`, `{"h": -11, "cells"`, "a row of -11 mm"},
		{"two cells on the customer copy", "2101", `"cells": [{"field": "deposit"}]`, `"cells": [{"field": "deposit"}, {"field": "name"}]`, "a row of 2 cells"},
		{"no cells", "2101", `"cells": [{"field": "name"}]`, `"cells": []`, "a row of 0 cells"},
		{"head with a value", "2103", `{"h": 5, "head": true, "cells": [{"label"`, `{"h": 5, "head": true, "cells": [{"field": "payer", "label"`, "a head has no value"},
		{"words without amount", "3101", `"field": "balance"`, `"field": "$words"`, "$words without an amount"},
		{"limit without amount", "3101", `"limit": -1`, `"limit": 5`, "limit without an amount"},
		{"limit", "2101", `"limit": 10000000`, `"limit": -2`, "out of range"},
		{"amount", "2101", `"amount": "amount"`, `"amount": "name"`, "no field of that kind"},
		{"derived from nothing", "2101", `"of": ["id_type", "id_no"]`, `"of": ["id_type", "id_number"]`, `no field "id_number"`},
		{"derived from itself", "2101", `"of": ["id_type", "id_no"]`, `"of": ["id_type", "document"]`, `no field "document"`},
		{"derived kind", "1101", `"kind": "birth"`, `"kind": "age"`, "kind"},
		{"birth of a name", "1101", `"kind": "birth", "of": ["id_no"]`, `"kind": "birth", "of": ["name"]`, "one identity number"},
		{"birth of nothing", "1101", `"kind": "birth", "of": ["id_no"]`, `"kind": "birth", "of": []`, "at least 1"},
		{"rule", "2103", `"kind": "differ"`, `"kind": "equal"`, "unknown kind"},
		{"rule field", "2103", `"fields": ["payer_account", "payee_account"]`, `"fields": ["payer_account", "payee_acc"]`, "no field"},
		{"rule of one", "2103", `"fields": ["payer_account", "payee_account"]`, `"fields": ["payer_account"]`, "two fields"},
		{"rule that never holds", "3101", `"is": "遗失"`, `"is": "失窃"`, "a choice or an amount"},
		{"minor without age", "1101", `"age": 18, "fields": ["guardian", `, `"fields": ["guardian", `, "needs fields, an age"},
		{"signer", "2101", `"name": "agent", "w"`, `"name": "agent_id", "w"`, "no name field"},
		{"same signer twice", "2102", `"name": "agent", "w"`, `"name": "name", "w"`, "of their own"},
		{"nobody may sign", "2102", `"name": "name", "w"`, `"name": "agent", "w"`, "not required"},
		{"gives way to nobody", "2101", `"unless": "agent"`, `"unless": "id_no"`, "give way"},
		{"box", "2101", `"w": 60`, `"w": 90`, "a box of 90"},
		{"statement", "1101", `{account}`, `{acount}`, `no field "acount"`},
		{"sections and halves", "2101", `"amount": "amount",`, `"amount": "amount", "terms": {"zh": "条", "en": "T"},`, "no sections"},
		{"clause", "1101", `{"heading": "二、存款与利息"}`, `{"heading": "二", "text": "三"}`, "a heading or a text"},
		{"empty clause", "1101", `{"heading": "二、存款与利息"}`, `{}`, "a heading or a text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := shippedJSON(t, c.code)
			bad := bytes.Replace(data, []byte(c.old), []byte(c.new), 1)
			if bytes.Equal(bad, data) {
				t.Fatalf("%s does not hold %s", c.code, c.old)
			}
			if _, err := Parse(bad); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestParseRefusesWhatFollows(t *testing.T) {
	data := shippedJSON(t, "2101")
	for _, more := range []string{"{}", "x", "]", "null"} {
		if _, err := Parse(append(bytes.Clone(data), more...)); err == nil {
			t.Errorf("%q may follow", more)
		}
	}
	for _, all := range []string{"", "null", "[]", "{}", "1", `"x"`, "\xff", strings.Repeat("[", 20000), strings.Repeat(" ", maxJSON+1)} {
		if _, err := Parse([]byte(all)); err == nil {
			t.Errorf("%.20q is a type", all)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, code := range []string{"1101", "2101", "2103", "3101"} {
		f.Add(shippedJSON(f, code))
	}
	f.Add([]byte(`{"fields":[{"id":"a"}],"signers":[{}],"bank":[{"cells":[{}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		typ, err := Parse(data)
		if err != nil {
			return
		}
		filled, problems := typ.Fill(typ.Examples(), day(typ.ExampleDay))
		if len(problems) > 0 || len(filled.Signers()) == 0 {
			t.Fatalf("a type passes, but: %v", problems)
		}
		for _, r := range append(typ.Bank, typ.Customer...) {
			for _, c := range r.Cells {
				if typ.Label(c).Empty() {
					t.Fatalf("cell %s has no label", c.Field)
				}
				filled.Value(c.Field)
				filled.Masked(c.Field)
			}
		}
		filled.Statement(3)
		filled.Canonical(Header{})
	})
}
