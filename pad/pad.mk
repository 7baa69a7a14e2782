# Included by the Makefile: the long tests of the signature pads.

.PHONY: test-hil torture-hil torture-pad torture

test: test-hil
torture: torture-pad torture-hil

## test-hil       pads on a real kernel's USB stack, inside QEMU (about 30 s on two idle processors)
test-hil: tools
	@go test -count=1 -timeout 15m -tags hil -run '^TestInQEMU$$' -v ./pad/usb/hil

## torture-hil    the same with 10,000 reports at 200 Hz and 100 unplugs
torture-hil:
	MOQIAN_TORTURE=1 go test -count=1 -timeout 70m -tags hil -run '^TestInQEMU$$' -v ./pad/usb/hil

## torture-pad    10,000 reports at 200 Hz, 1,000 unplugs over software and umockdev, 10^8 spoiled reports
torture-pad:
	MOQIAN_TORTURE=1 go test -count=1 -timeout 60m -v -run 'Unplugs|Numbered|Played|Spoiled' ./pad/model ./pad/usb ./pad/usb/internal/drive
