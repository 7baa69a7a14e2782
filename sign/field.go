package sign

import (
	"bytes"
	"fmt"
	"time"

	"moqian/sign/pdf"
)

// rangeWidth is the room for /ByteRange: four numbers of up to ten digits.
const rangeWidth = 48

// ownName is this program in signature dictionaries.
const ownName = pdf.Name("Moqian")

// stampDict is that of a document time stamp, ETSI EN 319 142-1 §5.4.3.
func stampDict(reserve int) pdf.Dict {
	return pdf.Dict{
		"Type": pdf.Name("DocTimeStamp"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.RFC3161"),
		"ByteRange": pdf.Verbatim("[" + string(bytes.Repeat([]byte(" "), rangeWidth)) + "]"),
		"Contents":  pdf.Verbatim("<" + string(bytes.Repeat([]byte("0"), 2*reserve)) + ">"),
	}
}

// sigDict is the signature dictionary with its hole, ISO 32000-1 table 252.
func sigDict(f Field, reserve int) pdf.Dict {
	d := pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"),
		"SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"ByteRange": pdf.Verbatim("[" + string(bytes.Repeat([]byte(" "), rangeWidth)) + "]"),
		"Contents":  pdf.Verbatim("<" + string(bytes.Repeat([]byte("0"), 2*reserve)) + ">"),
		"M":         pdf.String(pdfDate(f.Time)),
		// Table 252; the verifier then knows how its own updates look.
		"Prop_Build": pdf.Dict{"App": pdf.Dict{"Name": ownName}},
	}
	if f.Reason != "" {
		d["Reason"] = text(f.Reason)
	}
	if f.Location != "" {
		d["Location"] = text(f.Location)
	}
	if f.Certify > 0 {
		d["Reference"] = pdf.Array{pdf.Dict{
			"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("DocMDP"),
			"TransformParams": pdf.Dict{
				"Type": pdf.Name("TransformParams"), "P": int64(f.Certify), "V": pdf.Name("1.2"),
			},
		}}
	}
	return d
}

// pdfDate is a date with its offset, ISO 32000-1 §7.9.4.
func pdfDate(t time.Time) string {
	_, offset := t.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("D:%s%c%02d'%02d'", t.Format("20060102150405"), sign, offset/3600, offset/60%60)
}

// widgetDict is field and widget in one: print and locked, with an empty
// appearance (PDF/A-1b wants one even for a zero-size widget).
func widgetDict(f Field, page, look pdf.Ref) pdf.Dict {
	return pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"),
		"T": text(f.Name), "F": int64(4 | 128), "AP": pdf.Dict{"N": look}, "P": page,
		"Rect": pdf.Array{hundredths(f.Rect[0]), hundredths(f.Rect[1]), hundredths(f.Rect[2]), hundredths(f.Rect[3])},
	}
}

// fillRange finds the hole of the signature dictionary at an offset and writes
// its /ByteRange. All offsets are known now, so the length does not change.
func fillRange(out []byte, at, reserve int) (hole [2]int) {
	contents := at + bytes.Index(out[at:], []byte("/Contents <")) + len("/Contents ")
	hole = [2]int{contents, contents + 2*reserve + 2}
	r := at + bytes.Index(out[at:], []byte("/ByteRange [")) + len("/ByteRange [")
	copy(out[r:r+rangeWidth], fmt.Sprintf("0 %d %d %d", hole[0], hole[1], len(out)-hole[1]))
	return hole
}

// lockOf names the fields that a signature locks, ISO 32000-1 table 233: by name,
// so that document time stamps may follow.
func lockOf(names pdf.Array) pdf.Dict {
	return pdf.Dict{"Type": pdf.Name("SigFieldLock"), "Action": pdf.Name("Include"), "Fields": append(pdf.Array{}, names...)}
}

// lock has a signature say what the lock of its field wants (§12.8.2.4): nobody
// may change those fields after it.
func (u *updater) lock(sig pdf.Dict, lock pdf.Object) error {
	l, err := u.doc.Dict(lock)
	if err != nil || l == nil {
		return err
	}
	params := pdf.Dict{"Type": pdf.Name("TransformParams"), "V": pdf.Name("1.2"), "Action": l["Action"]}
	if l["Fields"] != nil {
		params["Fields"] = l["Fields"]
	}
	list, _ := sig["Reference"].(pdf.Array)
	sig["Reference"] = append(append(pdf.Array{}, list...), pdf.Dict{
		"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("FieldMDP"), "TransformParams": params, "Data": u.root,
	})
	return nil
}
