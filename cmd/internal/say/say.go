// Package say turns errors into sentences for people, in Chinese and English:
// what happened, why, and what to do next. It knows the sentinels of every room
// and never repeats what a customer or teller entered.
//
// Start with Sentence (windows) and Hints (the command line). An error it does
// not know gets a general sentence with the cause behind it.
package say

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"moqian/cmd/internal/flow"
	"moqian/cmd/internal/machinekey"
	"moqian/cmd/internal/markcmd"
	"moqian/cmd/internal/station"
	"moqian/pad"
	"moqian/pad/usb"
	"moqian/render/form"
	"moqian/sign"
	"moqian/sign/pfx"
	"moqian/sign/tsa"
	"moqian/store"
	"moqian/store/auth"
	"moqian/store/upload"
)

// line is what is said about one error.
type line struct {
	err  error
	what form.Text
	// hint is the next step on the command line; empty: the English sentence
	// says it.
	hint string
}

// none is the hint of an error that has no next step.
const none = "-"

// lines, the more exact before the more general.
func lines() []line {
	return append(append(workstation(), keys()...), people()...)
}

func workstation() []line {
	return []line{
		{store.ErrLocked, form.Text{ZH: "本机数据正被另一个程序使用。请关闭另一个墨签窗口后重试。", EN: "The workstation's data are in use by another program. Close the other Moqian window and try again."},
			"close the other program on this folder, or name another folder with --data"},
		{store.ErrNewer, form.Text{ZH: "本机数据由更新版本的程序写入，未作任何改动。请安装新版本。", EN: "The data were written by a newer version of the program; nothing was changed. Install the newer version."},
			"install the newer version; nothing was changed"},
		{store.ErrFull, form.Text{ZH: "磁盘空间不足，客户签名前已停止，没有丢失任何凭证。请清理磁盘后重试。", EN: "The disk is too full; it was stopped before a customer signed and nothing was lost. Free some space and try again."},
			"free disk space; what is stored stays readable"},
		{store.ErrClock, form.Text{ZH: "本机时钟早于最后一条日志。请校准时间后重试；若时钟正确，请主管放行。", EN: "The clock is behind the last log entry. Set the clock and try again; if it is right, a supervisor can allow it."},
			"set the clock of this machine; if it is right now, it ran ahead when that entry was logged: a supervisor lets it go back with tellerctl log allow-clock --user NAME"},
		{store.ErrNotBehind, form.Text{ZH: "本机时钟没有早于日志，无需放行。", EN: "The clock is not behind the log; there is nothing to allow."}, none},
		{store.ErrKey, form.Text{ZH: "本机密钥打不开本机数据，未作任何改动。请联系管理员恢复密钥。", EN: "The machine key does not open this workstation's data; nothing was changed. Ask the administrator to restore the key."},
			"recover the key of this store or backup: tellerctl recover --identity FILE machine.age"},
		{station.ErrLiving, form.Text{ZH: "本文件夹的数据正由现有的本机密钥打开，恢复出的是另一把密钥，未作任何改动。", EN: "The data in this folder are open to the machine key that is here; the recovered key is another one. Nothing was changed."},
			"nothing needs recovering here; to bring another workstation's backup in, name an empty folder with --data, recover there, then restore"},
		{station.ErrOtherStore, form.Text{ZH: "恢复出的密钥打不开本文件夹的数据，未作任何改动。请使用本机的托管密钥文件。", EN: "The recovered key does not open the data in this folder; nothing was changed. Use the escrow copy of this workstation."},
			"give this workstation's own machine.age; for another's backup name an empty folder with --data, recover there, then restore"},
		{machinekey.ErrStale, form.Text{ZH: "托管密钥文件不是本机现用密钥的副本。请关闭程序后重新打开，它会自动更新；旧文件会保留。", EN: "The escrow copy is not of the machine key in force. End the program and open it again: the copy is made anew and the old one kept."},
			"end the program, then tellerctl doctor: the copy is made anew; send machine.age to head office"},
		{machinekey.ErrExposed, form.Text{ZH: "本机密钥文件可被他人读取，已拒绝使用，未作任何改动。请管理员检查是否泄露，再改回仅本人可读。", EN: "Others may read the machine key's file; it was not used and nothing was changed. Ask the administrator who had access, then close it."},
			"find out who could read it, then chmod 600 machine.key in the workstation's folder"},
		{machinekey.ErrLost, form.Text{ZH: "本机密钥丢失，打不开本机数据，未作任何改动。请管理员用托管密钥恢复（tellerctl recover）。", EN: "The machine key of this workstation is lost; nothing was changed. The administrator can recover it from its escrow copy."}, "tellerctl recover --identity FILE machine.age"},
		{machinekey.ErrUnusable, form.Text{ZH: "保存本机密钥的地方（TPM 或密钥环）目前不可用。请登录桌面后重试或联系管理员。", EN: "What holds the machine key (TPM or keyring) cannot be used now. Log in to the desktop and try again, or ask the administrator."}, ""},
		{store.ErrUnsigned, form.Text{ZH: "操作日志与最后一次签名的不一致，未再签署检查点。请保留现场并联系审计人员。", EN: "The log is not the one that was signed last; no checkpoint was made. Keep the folder as it is and call the auditor."},
			"tellerctl log verify names the entry"},
		{store.ErrGone, form.Text{ZH: "本机数据文件不见了或为空，但此文件夹中曾有凭证，未作任何改动。请管理员用备份恢复。", EN: "The workstation's data are missing or empty, and there were vouchers in this folder; nothing was changed. Ask the administrator to restore a backup."},
			"restore a backup with tellerctl restore; where there is none, take moqian.made away: the folder begins anew, and its numbers too"},
		{store.ErrDamaged, form.Text{ZH: "本机数据已损坏，未作任何改动。请停止使用并联系管理员用备份恢复。", EN: "The workstation's data are damaged; nothing was changed. Stop and ask the administrator to restore a backup."},
			"keep the file, then restore a backup with tellerctl restore"},
		{store.ErrCipher, form.Text{ZH: "此凭证使用的加密算法未启用，凭证未改动。请启用该算法后重试。", EN: "The cipher of this voucher is not set up here; nothing was changed. Set it up and try again."}, ""},
		{store.ErrSerials, form.Text{ZH: "今天的凭证号已用完。请换一台终端办理。", EN: "All voucher numbers of today are used. Use another workstation."}, ""},
		{store.ErrDuplicate, form.Text{ZH: "该凭证已在队列中。", EN: "This voucher is in the queue already."}, ""},
		{store.ErrNewerHere, form.Text{ZH: "现有数据中有备份里没有的凭证，未恢复。请先上传这些凭证。", EN: "The store has vouchers that the backup lacks; nothing was restored. Upload them first."},
			"upload what waits first, or give them up with --lose"},
		{store.ErrCheckpoint, form.Text{ZH: "检查点无法验证：不可读，或不是由本机检查点密钥签名。", EN: "The checkpoint cannot be verified: unreadable, or signed by another key."}, ""},
		{store.ErrReserved, form.Text{ZH: "凭证号未预留，或已使用、已作废。", EN: "The voucher number is not reserved, or was used or burnt."}, ""},
		{store.ErrNotFound, form.Text{ZH: "队列中没有这张凭证。请核对凭证号。", EN: "No such voucher in the queue. Check the number."}, "tellerctl queue list shows what is there"},
		{store.ErrPurged, form.Text{ZH: "凭证原件已移交档案库，本机不再保存。请到档案库调阅。", EN: "The voucher is kept in the archive only. Fetch it there."}, ""},
		{store.ErrState, form.Text{ZH: "当前状态下不能这样做。", EN: "That is not possible in the voucher's present state."}, ""},
		archive(upload.ErrRefused, "the voucher is safe here; see tellerctl queue show, then tellerctl queue retry"),
		archive(upload.ErrCertificate, "check client_cert, client_key and ca in site.json; tellerctl doctor says what is wrong"),
		archive(upload.ErrAltered, ""),
		archive(upload.ErrUnreachable, "nothing is lost; tellerctl upload tries again"),
		archive(upload.ErrLater, "nothing is lost; tellerctl upload tries again"),
		archive(upload.ErrAbsent, ""),
		{station.ErrMode, form.Text{ZH: "该文件夹属于另一种模式（试用/正式），不能混用。请更换文件夹。", EN: "This folder belongs to the other mode (trial or production). Use another folder."},
			"trial and production never share a folder: name another with --data"},
		{station.ErrNoArchive, form.Text{ZH: "尚未设置档案库地址。", EN: "No archive is configured."}, "name one with --to, or archive in site.json"},
		{pad.ErrGone, form.Text{ZH: "签名板已断开，本次笔迹已清除。请重新插好签名板，请客户重新签名。", EN: "The pad was unplugged; this ink was wiped. Plug it in and let the customer sign again."}, "plug the pad in and begin again"},
		{pad.ErrBusy, form.Text{ZH: "签名板被其他程序占用。请关闭其他程序。", EN: "Another program uses the pad. Close it."}, ""},
		{pad.ErrNone, form.Text{ZH: "没有找到签名板。请插好签名板的 USB 线。", EN: "No pad is connected. Plug its USB cable in."}, "plug a pad in; tellerctl pads --watch shows it"},
		{pad.ErrDenied, form.Text{ZH: "已找到签名板，但没有权限使用。请联系管理员安装 udev 规则（make install-udev），然后重新插拔。", EN: "A pad is there, but this user may not open it. Ask the administrator to install the udev rule (make install-udev), then plug it in again."},
			"make install-udev, then plug the pad in again"},
		{usb.ErrNoUSB, form.Text{ZH: "本程序无法使用 USB。请安装 libusb 并使用带 USB 支持的程序。", EN: "This program cannot use USB. Install libusb and a program built with it."}, "build with a C compiler and libusb-1.0-0-dev"},
		{syscall.ENOSPC, form.Text{ZH: "磁盘已满。请清理磁盘后重试。", EN: "The disk is full. Free some space and try again."}, "free disk space"},
	}
}

// archive is a line in the words of package upload, which knows the archives.
func archive(err error, hint string) line {
	zh, en, _ := upload.Explain(err)
	return line{err, form.Text{ZH: zh, EN: en}, hint}
}

func keys() []line {
	return []line{
		{pfx.ErrPassword, form.Text{ZH: "签名密钥的 PIN 不正确。请重新输入。", EN: "The PIN of the signing key is wrong. Enter it again."}, "check --pin-file or MOQIAN_PIN"},
		{sign.ErrExpired, form.Text{ZH: "签名证书不在有效期内，不能签名。请联系管理员更换证书。", EN: "The signing certificate is not valid today. Ask the administrator for a new one."}, "renew the certificate, or check the clock"},
		{sign.ErrKey, form.Text{ZH: "签名密钥与证书不符或无法签名。请联系管理员。", EN: "The signing key does not fit its certificate or cannot sign. Ask the administrator."}, ""},
		{sign.ErrForbidden, form.Text{ZH: "该文件的认证签名不允许再签名。", EN: "The certification of this file forbids another signature."}, ""},
		{sign.ErrNotSound, form.Text{ZH: "文件中已有的签名无效，不能继续处理。", EN: "The signatures of this file do not hold; nothing was added."}, "tellerctl verify says why"},
		{sign.ErrNoRevocation, form.Text{ZH: "缺少某个证书的当前吊销列表。", EN: "A current revocation list for a certificate is missing."}, "give the lists of all issuers with --crl"},
		{tsa.ErrUnavailable, form.Text{ZH: "时间戳服务没有应答，凭证已保存，恢复后自动补时间戳。", EN: "The time-stamping authority does not answer; the vouchers are safe and get their stamps later."}, "try again later; nothing is lost"},
		{tsa.ErrRefused, form.Text{ZH: "时间戳服务拒绝了请求。请联系管理员。", EN: "The time-stamping authority refuses. Ask the administrator."}, ""},
		{tsa.ErrLying, form.Text{ZH: "时间戳服务的应答不可信，已弃用。请联系管理员。", EN: "The answer of the time-stamping authority cannot be trusted and was not used. Ask the administrator."}, ""},
		{flow.ErrChain, form.Text{ZH: "本网点的信任根不认可签名证书，客户签名前已停止。请联系管理员检查证书与根证书设置。", EN: "The site's roots do not vouch for the signing certificate; it was stopped before a customer signed. Ask the administrator to check certificate and roots."}, "set roots in site.json to the PEM file of the certificate's root"},
		{sign.ErrReserve, form.Text{ZH: "签名预留空间不足。请联系管理员。", EN: "The space reserved for the signature is too small. Ask the administrator."}, ""},
		{station.ErrBranch, form.Text{ZH: "该水印密钥属于另一网点，未导入。请向总行索取本网点的密钥。", EN: "This mark key belongs to another branch and was not taken. Ask head office for this branch's."}, "tellerctl mark keygen --branch with this branch's code"},
		{markcmd.ErrInput, form.Text{ZH: "文件不是可读的 PDF 或 PNG 图像（不完整、过大或格式不符）。", EN: "The file is no PDF and no PNG picture that can be read (cut off, too large or of another kind)."}, "give a PDF, or a scan as PNG (pdftoppm -r 300 -png makes one)"},
		{station.ErrNoKey, form.Text{ZH: "尚未设置签名密钥。", EN: "No signing key is configured."}, "set key in site.json to the teller's .p12 file"},
		{flow.ErrSoftPad, form.Text{ZH: "正式模式不接受软件签名板。", EN: "A software pad signs in trial mode only."}, ""},
	}
}

func people() []line {
	return []line{
		{auth.ErrWrong, form.Text{ZH: "工号、密码或动态码不正确。", EN: "The name, the password or the code is wrong."}, ""},
		{auth.ErrLocked, form.Text{ZH: "账号已锁定，请主管解锁。", EN: "The account is locked; a supervisor can unlock it."}, "tellerctl user lock --off NAME"},
		{auth.ErrSamePerson, form.Text{ZH: "复核人不能是经办人本人。请另一位主管复核。", EN: "The approver must be a second person."}, ""},
		{auth.ErrRole, form.Text{ZH: "只有主管可以复核。", EN: "Only a supervisor may do this."}, ""},
		{auth.ErrNoTOTP, form.Text{ZH: "该账号没有动态码生成器。请联系主管设置。", EN: "The account has no code generator. Ask a supervisor for one."}, "tellerctl user totp NAME"},
		{auth.ErrExists, form.Text{ZH: "该工号已存在。", EN: "An account of this name exists."}, ""},
		{auth.ErrUnknown, form.Text{ZH: "没有这个工号。", EN: "No account of this name."}, "tellerctl user list"},
		{auth.ErrWeak, form.Text{ZH: "密码至少 8 位，且不能与工号相同。", EN: "A password has at least 8 characters and is not the name."}, ""},
		{auth.ErrName, form.Text{ZH: "工号只能用小写字母、数字、点、横线和下划线，最多 32 位。", EN: "A name has 1 to 32 letters a-z, digits, dots, dashes or underscores."}, ""},
		{auth.ErrVoid, form.Text{ZH: "复核后内容有改动，复核作废。请重新复核。", EN: "The form changed after the approval. Ask for it again."}, ""},
		{flow.ErrEmpty, form.Text{ZH: "签名框内没有笔迹。请客户签名。", EN: "Nothing was written. Let the customer sign."}, ""},
		{flow.ErrStep, form.Text{ZH: "当前步骤不能这样做。", EN: "That is not possible at this step."}, ""},
		{flow.ErrType, form.Text{ZH: "没有这个业务代码。", EN: "No business of this code."}, "the codes: 1101, 2101, 2102, 2103, 3101"},
		{context.Canceled, form.Text{ZH: "已取消。", EN: "Cancelled."}, none},
		{syscall.EROFS, form.Text{ZH: "文件系统是只读的。请联系管理员。", EN: "The file system is read-only. Ask the administrator."}, "put the folder on a file system that can be written, or name another with --data"},
		{fs.ErrPermission, form.Text{ZH: "没有权限读写文件。请联系管理员。", EN: "No permission to read or write a file. Ask the administrator."}, "check the owner and mode of the folder"},
		{fs.ErrNotExist, form.Text{ZH: "找不到文件。", EN: "A file is missing."}, "check the path: the file, or a folder on the way to it, is not there"},
		{syscall.ENOTDIR, form.Text{ZH: "路径中有一段不是文件夹。", EN: "A part of the path is no folder."}, "check the path, or name another folder with --data"},
	}
}

// Sentence tells an error to people; the zero Text for nil.
func Sentence(err error) form.Text {
	if err == nil {
		return form.Text{}
	}
	if errors.Is(err, upload.ErrCertificate) { // which of several things is wrong with it
		if zh, en, ok := upload.Explain(err); ok {
			return form.Text{ZH: zh, EN: en}
		}
	}
	var behind *store.ClockError
	if errors.As(err, &behind) {
		return clock(behind)
	}
	for _, l := range lines() {
		if errors.Is(err, l.err) {
			return l.what
		}
	}
	return form.Text{ZH: "操作没有完成：" + err.Error(), EN: "It was not done: " + err.Error()}
}

// clock tells both times, so that a person sees which of them was wrong.
func clock(e *store.ClockError) form.Text {
	const layout = "2006-01-02 15:04"
	now, latest := e.Now.Format(layout), e.Latest.In(e.Now.Location()).Format(layout)
	zh, en := "有日志", "a log entry"
	if e.Entry > 0 {
		zh, en = fmt.Sprintf("第 %d 条日志", e.Entry), fmt.Sprintf("log entry %d", e.Entry)
	}
	return form.Text{
		ZH: fmt.Sprintf("本机时钟为 %s，而%s写于 %s，客户签名前已停止。时钟不对请校准；时钟正确则说明当时走快了，请等到那个时间，或请主管放行（tellerctl log allow-clock）。", now, zh, latest),
		EN: fmt.Sprintf("The clock says %s, %s is of %s; it was stopped before a customer signed. If the clock is wrong, set it. If it is right, it ran ahead then: wait until that time, or let a supervisor allow it (tellerctl log allow-clock).", now, en, latest),
	}
}

// Hints are the next steps on the command line, none for an unknown error.
func Hints(err error) []string {
	for _, l := range lines() {
		if errors.Is(err, l.err) {
			if l.hint == none {
				return nil
			}
			if l.hint != "" {
				return []string{l.hint}
			}
			return []string{l.what.EN}
		}
	}
	return nil
}
