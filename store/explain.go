package store

import "errors"

// Explain gives the sentence for a person, in Chinese and in English, of an
// error of this package, and what to do next; found is false for errors that it
// does not know.
func Explain(err error) (zh, en string, found bool) {
	for _, s := range []struct {
		err    error
		zh, en string
	}{
		{ErrFull, "磁盘空间不足，未写入任何内容，已有凭证可读可传。请清理磁盘或先上传积压凭证。",
			"The disk is too full; nothing was written and what is stored stays readable. Free some room, or upload what waits."},
		{ErrClock, "系统时间早于最后一条日志。请校正时钟后重试。",
			"The clock is behind the last log entry. Put the clock right and try again."},
		{ErrLocked, "存储正被另一个程序使用。请关闭该程序，或经由它操作。",
			"Another process has the store open. Close it, or work through it."},
		{ErrNewer, "存储由更新版本的程序写入，本程序未做任何改动。请升级程序。",
			"The store was written by a newer version; nothing was changed. Update this program."},
		{ErrKey, "机器密钥打不开此存储，未做任何改动。请恢复原密钥，或请总行用托管密钥恢复。",
			"The machine key does not open this store; nothing was changed. Bring back its key, or ask head office for the escrow copy."},
		{ErrNewerHere, "现有存储中有备份里没有的凭证，未恢复。请先上传这些凭证。",
			"The store has vouchers that the backup lacks; nothing was restored. Upload them first."},
		{ErrCheckpoint, "检查点无法验证：不可读，或不是由本机检查点密钥签名。",
			"The checkpoint cannot be verified: unreadable, or not signed by this workstation's checkpoint key."},
		{ErrCipher, "此凭证使用的加密算法未启用，凭证未改动。请启用该算法后重试。",
			"The cipher of this voucher is not set up here; nothing was changed. Set it up and try again."},
		{ErrDamaged, "存储已损坏，未做任何改动。请用备份恢复（tellerctl restore）。",
			"The store is damaged; nothing was changed. Restore a backup (tellerctl restore)."},
		{ErrDuplicate, "此凭证号已入队。", "A voucher of this number is in the queue already."},
		{ErrReserved, "凭证号未预留，或已使用、已作废。", "The voucher number is not reserved, or was used or burnt."},
		{ErrSerials, "该营业日的 9999 个凭证号已用完。", "All 9999 voucher numbers of this business date are used."},
		{ErrPurged, "凭证只在档案库中，可从档案库取回。", "The voucher is in the archive only; it can be fetched back."},
		{ErrState, "凭证当前状态不允许此操作。", "Not possible in the voucher's present state."},
		{ErrNotFound, "队列中没有此凭证。", "There is no such voucher in the queue."},
	} {
		if errors.Is(err, s.err) {
			return s.zh, s.en, true
		}
	}
	return "", "", false
}
