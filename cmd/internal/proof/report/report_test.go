package report

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moqian/assets"
	"moqian/cmd/internal/proof"
	"moqian/render"
	"moqian/render/watermark"
	"moqian/sign"
)

func fonts(t *testing.T) *render.Fonts {
	t.Helper()
	load := func(name string) render.Font {
		b, err := assets.FS.ReadFile("fonts/" + name + ".ttf")
		if err != nil {
			t.Fatal(err)
		}
		return render.Font{Name: name, Data: b}
	}
	f, err := render.NewFonts(load("NotoSansSC-Regular"), load("NotoSansSC-Bold"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sample(v sign.Verdict) proof.File {
	at := time.Date(2026, 3, 18, 16, 20, 11, 0, time.FixedZone("", 8*3600))
	return proof.File{
		File: "/vouchers/010010326031800018.pdf", Verdict: v, Bytes: 46210, Pages: 3, Revisions: 2, At: at,
		SHA256:  strings.Repeat("9f2c41d0", 8),
		Roots:   []string{"示例银行测试根 CA SHA-256 3c90 11ae"},
		Voucher: &proof.Voucher{Number: "010010326031800018", Type: "1101", Signers: 2},
		Signatures: []sign.Signature{
			{Field: "Teller", Kind: sign.KindCertification, Signatory: "柜员 010023", Algorithm: "ECDSA-P-256", Digest: "SHA-256", Intact: true, LaterChanges: "allowed",
				Chain: "trusted", Level: "B-LTA", SignedAt: "2026-03-18T06:05:33Z", TimeSource: "timestamp", Revision: 2},
			{Field: "Archive1", Kind: sign.KindDocTimeStamp, Signatory: "示例时间戳服务 TSA", Algorithm: "RSA-3072", Digest: "SHA-256", Intact: v != sign.Invalid, WholeFile: true, Chain: "untrusted", Level: "RFC 3161"},
		},
		Changes: []sign.Change{{Revision: 3, Allowed: true, Kinds: []string{"dss"}}, {Revision: 4, Allowed: v != sign.Invalid, Kinds: []string{"doc-timestamp"}}},
		Findings: []proof.Finding{
			{Condition: "exclusive", State: sign.Claimed, ZH: "证书仅签发给 柜员 010023；私钥专属签署人，依证书政策与发证记录认定，本文件自身不能证明。", EN: "Rests on the certificate policy."},
			{Condition: "control", State: sign.NotProvable, ZH: "本文件不含可据以认定控制情况的内容。", EN: "Nothing in this file speaks to who was in control."},
			{Condition: "signature_intact", State: sign.Proven, ZH: "签名值均经证书公钥验证一致。", EN: "All signature values fit."},
			{Condition: "content_intact", State: sign.Broken, ZH: "内容在签署后被改动。", EN: "Content was changed."},
		},
		Mark: proof.Mark{Signers: []proof.SignerMark{{Binding: proof.Binding{State: watermark.Match, Strokes: 17}, Robust: proof.Robust{Found: true, T: 11.4},
			Public: proof.Public{State: watermark.Match, Key: "1a2b3c4d", Registered: true, Marked: watermark.Signed}}, {Binding: proof.Binding{State: watermark.Foreign}, Public: proof.Public{State: watermark.Absent, Marked: watermark.NoRoom}}}},
		Pad:      proof.Pad{Signers: []proof.PadCapture{{Role: "Applicant", Model: "acme/one", Serial: "5ZQS000123", Samples: 1204}, {Role: "Guardian", Virtual: true}}},
		Problems: []sign.Problem{{Code: "mark-foreign", Text: "笔迹属于另一凭证 / the ink belongs to another voucher"}},
	}
}

func TestReport(t *testing.T) {
	f := fonts(t)
	for _, v := range []sign.Verdict{sign.Valid, sign.Untrusted, sign.Invalid, sign.Unsigned, sign.Error} {
		t.Run(string(v), func(t *testing.T) {
			out, err := PDF([]proof.File{sample(v)}, Head{Bank: "示例银行", Branch: "示例市分行营业部", Program: "moqian 0.1.0"}, f)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := exec.LookPath("pdftotext"); err != nil {
				t.Skip("SKIPPED: pdftotext is not installed, the report's text is not read back")
			}
			name := filepath.Join(t.TempDir(), "report.pdf")
			if err := os.WriteFile(name, out, 0o600); err != nil {
				t.Fatal(err)
			}
			text, err := exec.Command("pdftotext", "-layout", name, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			_, head, _, _ := verdictWords(sample(v))
			for _, want := range []string{head, "010010326031800018 / 1101", "第十三条", "据记载 claimed", "能证明 not provable", "mark-foreign", "公钥 1a2b3c4d，已登记 registered", "无 no room", "第 1 页 共 1 页", "不构成法律意见"} {
				if !strings.Contains(strings.Join(strings.Fields(string(text)), ""), strings.Join(strings.Fields(want), "")) {
					t.Errorf("%q is not in the report", want)
				}
			}
		})
	}
}

// TestRevocationWords: the report says of each signature how far revocation was
// checked, in both languages, and a claimed time only where there is one.
func TestRevocationWords(t *testing.T) {
	f := sample(sign.Valid)
	x := f.Signatures[0]
	f.Signatures = nil
	for i, state := range []string{sign.RevocationGood, sign.RevocationUnknown, sign.RevocationRevoked, sign.RevocationUnknown} {
		if x.Revocation = state; i == 3 {
			x.Chain, x.SignedAt, x.TimeSource = "untrusted", "", "claimed"
		}
		f.Signatures = append(f.Signatures, x)
	}
	pages, err := Pages(f, Head{}, fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, p := range pages {
		for _, it := range p.Items {
			if x, ok := it.(render.Text); ok {
				for _, r := range x.Runs {
					all.WriteString(r.Text)
				}
			}
		}
	}
	text := strings.Join(strings.Fields(all.String()), "")
	for _, want := range []string{"已查未吊销checked,notrevoked", "吊销未查明revocationunknown", "已吊销revoked】", "吊销未检查revocationnotchecked",
		"未载明notstated", "证书是否被吊销未全部查明", "Whethereverycertificatewasstillunrevokedisnotknown"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the report", want)
		}
	}
	if strings.Contains(text, "自称claimed") {
		t.Error("a time that nobody claimed")
	}
}

// TestLong: many problems and characters that no font has go on to further
// pages, inside the margins.
func TestLong(t *testing.T) {
	f := fonts(t)
	file := sample(sign.Invalid)
	file.File = "\U000207B7\x01.pdf"
	for i := range 120 {
		file.Problems = append(file.Problems, sign.Problem{Code: fmt.Sprintf("code-%d", i), Text: strings.Repeat("很长的一句话 and a long sentence; ", 6)})
		file.Signatures = append(file.Signatures, file.Signatures[0])
	}
	pages, err := Pages(file, Head{}, f)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 5 {
		t.Errorf("%d pages", len(pages))
	}
	for i, p := range pages {
		for _, it := range p.Items {
			if x, ok := it.(render.Text); ok && (x.Y > 290 || x.X < left-0.01 || x.X > right) {
				t.Fatalf("page %d: text at %.1f, %.1f", i+1, x.X, x.Y)
			}
		}
	}
}

func TestNothing(t *testing.T) {
	if _, err := Pages(proof.File{Verdict: sign.Error}, Head{}, fonts(t)); err != nil {
		t.Error(err)
	}
}
