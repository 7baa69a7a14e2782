## test-ceph      installs Ceph RGW and holds it to the suite of the archives; a short kill run
.PHONY: test-ceph
test-ceph:
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	for p in ceph-common ceph-mon ceph-osd radosgw; do \
		dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -q '^installed' || missing="$$missing $$p"; \
	done; \
	[ -z "$$missing" ] || $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing
	MOQIAN_CEPH=1 go test -count=1 -timeout 2h -v -run '^TestCeph$$' ./store/upload

## bench-rclone   5,000 documents beside rclone and bare PUTs, in turns, medians of three (a quiet machine counts)
.PHONY: bench-rclone
bench-rclone: tools
	PATH="$(CURDIR)/$(BUILD)/tools:$$PATH" go test -timeout 1h -run '^$$' -bench AgainstRclone -benchtime 3x -v ./store/upload
