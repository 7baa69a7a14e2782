## test-ceph      installs Ceph RGW and holds it to the suite of the archives; a short kill run
.PHONY: test-ceph
test-ceph:
	@sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	for p in ceph-common ceph-mon ceph-osd radosgw; do \
		dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -q '^installed' || missing="$$missing $$p"; \
	done; \
	[ -z "$$missing" ] || $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing
	MOQIAN_CEPH=1 go test -count=1 -timeout 2h -v -run '^TestCeph$$' ./store/upload
