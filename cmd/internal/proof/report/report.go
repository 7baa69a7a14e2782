// Package report lays out the verification report of a file: what proof.Examine
// found, for a person who has to decide and perhaps to show it in court. It
// judges nothing itself.
//
// Start with PDF, or Pages for the screen. Lengths are mm from the page's top
// left, sizes of type pt.
package report

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"moqian/cmd/internal/proof"
	"moqian/render"
	"moqian/render/pdf"
	"moqian/sign"
)

// Head is what the program adds to the findings.
type Head struct {
	Number       string // of the report; empty: made from the file's digest
	Bank, Branch string
	Program      string // moqian 0.1.0 (commit …)
}

// PDF lays reports of files out, one after the other, as a PDF/A-1b file.
func PDF(files []proof.File, h Head, fonts *render.Fonts) ([]byte, error) {
	var pages []render.Page
	sum := sha256.New()
	at := time.Time{}
	for _, f := range files {
		p, err := Pages(f, h, fonts)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p...)
		fmt.Fprint(sum, f.SHA256, f.At.Format(time.RFC3339))
		at = f.At
	}
	return pdf.Write(pages, nil, fonts, pdf.Doc{
		Title: "电子凭证核验报告 Verification report", Lang: "zh-CN", Created: at.Format(time.RFC3339), ID: [16]byte(sum.Sum(nil)),
	})
}

// Pages lays the report of one file out.
func Pages(f proof.File, h Head, fonts *render.Fonts) ([]render.Page, error) {
	if h.Number == "" && len(f.SHA256) >= 8 {
		h.Number = "V" + f.At.Format("20060102") + "-" + strings.ToUpper(f.SHA256[:8])
	}
	s := &sheet{fonts: fonts, head: h, at: f.At}
	s.newPage()
	s.verdict(f)
	s.file(f)
	s.signatures(f)
	s.law(f)
	s.changes(f)
	s.captures(f)
	s.remarks(f)
	s.finish()
	if s.err != nil {
		return nil, fmt.Errorf("laying out the report: %w", s.err)
	}
	return s.pages, nil
}

// state of a line of the report, told by its shape.
type state int

const (
	proven  state = iota // filled disc and tick: from the file
	stated               // ring and tick: by policy or log
	remark               // triangle
	no                   // square and cross
	unknown              // ring and dash: not checked
)

func ofProof(p sign.Proof) state {
	switch p {
	case sign.Proven:
		return proven
	case sign.Claimed:
		return stated
	case sign.Broken:
		return no
	}
	return unknown
}

// verdictWords are the headline and a sentence in both languages.
func verdictWords(f proof.File) (s state, head, zh, en string) {
	switch f.Verdict {
	case sign.Valid:
		if f.Voucher != nil && f.Voucher.Test {
			return proven, "核验通过 VALID（测试凭证 TEST）", "签名完整且可信；本文件为测试凭证，不是有效凭证。", "Signatures intact and trusted; the file is a TEST and no valid voucher."
		}
		zh, en = "所有签名均完整且可信；签名之后没有不许可的变更。", "All signatures are intact and trusted; nothing forbidden follows them."
		if slices.ContainsFunc(f.Signatures, func(x sign.Signature) bool { return x.Revocation != sign.RevocationGood }) {
			zh, en = zh+"证书是否被吊销未全部查明。", en+" Whether every certificate was still unrevoked is not known."
		}
		return proven, "核验通过 VALID", zh, en
	case sign.Untrusted:
		if f.Law.SignatureIntact == sign.NotProvable {
			return remark, "签名算法强度不足 UNTRUSTED", "签名值一致，但其算法可被有能力者伪造，不能据以认定内容未被改动。", "The signature fits, but by an algorithm that can be forged; it does not show that the content is unchanged."
		}
		return remark, "签名完整但证书未受信任 UNTRUSTED", "签名与内容未被改动，但签署人、时间戳或附加数据未获信任，见“说明与问题”。", "Signatures and content are unchanged, but a signatory, a time stamp or added data are not trusted; see the remarks."
	case sign.Invalid:
		return no, "核验不通过 INVALID", "签名、内容或笔迹与凭证不符，见“说明与问题”。", "A signature, the content or the ink does not hold; see the remarks."
	case sign.Unsigned:
		if len(f.Signatures) > 0 {
			return unknown, "未签名 UNSIGNED", "文件只有时间戳，没有签名，无从核验签署人。", "The file holds time stamps alone; nobody signed it."
		}
		return unknown, "未签名 UNSIGNED", "文件没有数字签名，无从核验。", "The file carries no digital signature."
	}
	return unknown, "无法核验 ERROR", "文件不能读取，无法核验。", "The file cannot be read."
}

func (s *sheet) verdict(f proof.File) {
	st, head, zh, en := verdictWords(f)
	c := colour(st)
	s.add(render.Rect{X: left, Y: 29, W: width, H: 17, Fill: tint(st), Stroke: &c, Width: 0.5})
	s.symbol(st, 24.5, 37.5, 9)
	s.text(33, 36.4, style{render.Bold, 14, black}, head)
	s.text(33, 41.6, style{render.Regular, 8, black}, zh)
	s.text(33, 45, style{render.Regular, 6.5, grey}, en)
	s.y = 46
}

func (s *sheet) file(f proof.File) {
	s.section("1", "被核验文件", "File", 9+9+9)
	what := "—"
	if f.Voucher != nil {
		what = f.Voucher.Number + " / " + f.Voucher.Type
	}
	name := f.File
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	s.labels([]labelled{{"凭证号 / 种类", "Voucher", what, 64}, {"文件", "File", name, 64}})
	s.labels([]labelled{{"大小 / 页数", "Size / pages", fmt.Sprintf("%d B / %d 页", f.Bytes, f.Pages), 64}, {"版本数", "Revisions", fmt.Sprint(f.Revisions), 64}})
	s.labels([]labelled{{"SHA-256", "Digest", grouped(f.SHA256), 154}})
	s.close()
}

// grouped sets a hex digest in groups of four.
func grouped(hex string) string {
	var out []string
	for len(hex) > 4 {
		out, hex = append(out, hex[:4]), hex[4:]
	}
	return strings.Join(append(out, hex), " ")
}

func (s *sheet) signatures(f proof.File) {
	g := s.grid("2", "数字签名", "Digital signatures", []float64{10, 34, 48, 34, 24, 30},
		"签名域 Field", "签名人证书 Signer", "算法 / 级别 Algorithm", "覆盖范围 Scope", "时间 Time")
	for _, x := range f.Signatures {
		st := no
		switch {
		case x.Intact && x.LaterChanges != "forbidden" && x.Chain == "trusted":
			st = proven
		case x.Intact && x.LaterChanges != "forbidden":
			st = remark
		}
		scope := "不完整"
		if x.WholeFile {
			scope = "全文件 whole file"
		} else if x.Revision > 0 {
			scope = fmt.Sprintf("第 %d 版全部 revision %d", x.Revision, x.Revision)
		}
		when, source := x.SignedAt, "自称 claimed"
		if x.TimeSource == "timestamp" {
			source = "时间戳 time stamp"
		}
		if when == "" {
			when, source = "未载明 not stated", ""
		}
		if t, err := time.Parse(time.RFC3339, when); err == nil {
			when = t.In(beijing()).Format("2006-01-02 15:04:05")
		}
		g.row(st, x.Field+" "+map[string]string{sign.KindDocTimeStamp: "归档时间戳", sign.KindCertification: "认证签章"}[x.Kind], x.Signatory+" "+revocationWords(x), x.Algorithm+" "+x.Digest+" "+x.Level, scope, when+" "+source)
	}
	if len(f.Signatures) == 0 {
		g.row(unknown, "—", "没有签名 none", "—", "—", "—")
	}
	s.close()
}

// revocationWords of one signature's certificate.
func revocationWords(x sign.Signature) string {
	switch {
	case x.Revocation == sign.RevocationRevoked:
		return "【已吊销 revoked】"
	case !x.Intact || x.Chain != "trusted":
		return "【吊销未检查 revocation not checked】"
	case x.Revocation == sign.RevocationGood:
		return "【已查未吊销 checked, not revoked】"
	}
	return "【吊销未查明 revocation unknown】"
}

func beijing() *time.Location { return time.FixedZone("CST", 8*3600) }

func (s *sheet) law(f proof.File) {
	g := s.grid("3", "《电子签名法》第十三条", "Electronic Signature Law, art. 13", []float64{10, 62, 108}, "条件 Condition", "认定依据 Finding")
	names := map[string]string{
		"exclusive": "（一）制作数据属签名人专有 exclusive data", "control": "（二）签署时仅由签名人控制 sole control",
		"signature_intact": "（三）签署后对签名的改动能被发现 signature", "content_intact": "（四）签署后对内容和形式的改动能被发现 content and form",
	}
	for _, x := range f.Findings {
		g.row(ofProof(x.State), names[x.Condition]+"："+map[sign.Proof]string{
			sign.Proven: "经文件验证 proven", sign.Claimed: "据记载 claimed", sign.NotProvable: "不能证明 not provable", sign.Broken: "不符合 broken",
		}[x.State], x.ZH+" "+x.EN)
	}
	s.close()
}

func (s *sheet) changes(f proof.File) {
	g := s.grid("4", "签署后的变更", "Later changes", []float64{10, 62, 108}, "版本 Revision", "内容 Content")
	words := map[string]string{"dss": "增加验证数据（DSS） validation data", "doc-timestamp": "增加文档时间戳 document time stamp",
		"signature": "增加签名 signature", "forbidden": "不许可的改动 forbidden change"}
	for _, c := range f.Changes {
		var list []string
		for _, k := range c.Kinds {
			list = append(list, words[k])
		}
		st := proven
		if !c.Allowed {
			st = no
		}
		g.row(st, fmt.Sprintf("第 %d 版 revision %d", c.Revision, c.Revision), strings.Join(list, "；"))
	}
	if len(f.Changes) == 0 {
		st, text := unknown, "没有签名，未检查 not checked"
		if len(f.Signatures) > 0 && f.Verdict != sign.Invalid {
			st, text = proven, "没有变更 none"
		}
		g.row(st, "—", text)
	}
	s.close()
}

func (s *sheet) captures(f proof.File) {
	g := s.grid("5", "采集证据与水印", "Capture evidence and watermark", []float64{10, 32, 72, 33, 33},
		"签名人 Signer", "采集 Capture", "水印一 绑定 Binding", "水印二 稳健 Robust")
	for i, p := range f.Pad.Signers {
		st, binding, robust := unknown, "未检查 not checked", "未检查 not checked"
		if i < len(f.Mark.Signers) {
			m := f.Mark.Signers[i]
			st, binding = ofBinding(m.Binding)
			if m.Robust.Found || m.Robust.T != 0 {
				robust = fmt.Sprintf("T = %.1f", m.Robust.T)
			}
		}
		model := p.Model
		if p.Virtual {
			model = "软件模拟签字板（测试） virtual pad"
		}
		g.row(st, proof.RoleZH(p.Role)+" "+p.Role, fmt.Sprintf("%s %s，采样 %d 点，间隙 %d，丢失 %d，用时 %.1f s", model, p.Serial, p.Samples, p.Gaps, p.Lost, float64(p.Milliseconds)/1000), binding, robust)
		if i < len(f.Mark.Signers) && (f.Mark.Signers[i].Public.Key != "" || f.Mark.Signers[i].Public.Marked != "") {
			publicRow(g, f.Mark.Signers[i].Public)
		}
	}
	if len(f.Pad.Signers) == 0 {
		g.row(unknown, "—", "文件没有凭证数据 no voucher data", "—", "—")
	}
	s.close()
}

// publicRow is the signature in a signer's ink, which needs no secret to check.
func publicRow(g *grid, p proof.Public) {
	st, words, key := unknown, "无 "+string(p.Marked), "—"
	switch p.State {
	case "match":
		if st = stated; p.Registered {
			st = proven
		}
		words = "一致 match"
	case "foreign":
		st, words = no, "属于另一凭证 foreign"
	case "altered":
		st, words = no, "被改动 altered"
	}
	if p.Key != "" {
		key = "公钥 " + p.Key + "，凭证所载 named by the voucher"
		if p.Registered {
			key = "公钥 " + p.Key + "，已登记 registered"
		}
	}
	g.row(st, "笔迹签名 Ink", key, words, "—")
}

func ofBinding(b proof.Binding) (state, string) {
	switch b.State {
	case "match":
		return proven, fmt.Sprintf("一致 match，%d 笔", b.Strokes)
	case "altered":
		return no, fmt.Sprintf("%d 笔被改动 altered", len(b.Altered))
	case "foreign":
		return no, "属于另一凭证 foreign"
	case "absent":
		return remark, "未读到 absent"
	}
	return unknown, "未检查 not checked"
}

func (s *sheet) remarks(f proof.File) {
	s.section("6", "说明与问题", "Remarks", 6)
	for _, p := range f.Problems {
		s.note(remark, p.Code+" "+p.Text)
	}
	if len(f.Problems) == 0 {
		s.note(unknown, "无 none")
	}
	roots := strings.Join(f.Roots, "；")
	if roots == "" {
		roots = "—"
	}
	s.y += 1
	s.small(fmt.Sprintf("信任根 Roots: %s　核验程序 %s　核验依据时间 %s", roots, s.head.Program, f.At.In(beijing()).Format("2006-01-02 15:04:05")))
}
