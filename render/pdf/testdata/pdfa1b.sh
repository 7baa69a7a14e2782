#!/bin/sh
# pdfa1b.sh FILE.pdf…: says of each file whether PDFBox Preflight finds it to be
# PDF/A-1b, with every finding. Exit status: 0 all are, 1 one is not, 3 Java or
# a part of the checker is missing (the message names the package).
jars=/usr/share/java
path=
need() {
	if [ ! -e "$jars/$1.jar" ]; then
		echo "$jars/$1.jar is missing: apt-get install $2" >&2
		exit 3
	fi
	path="$path:$jars/$1.jar"
}
if ! java --list-modules 2>/dev/null | grep -q '^jdk\.compiler'; then
	echo "no Java development kit: apt-get install default-jdk-headless" >&2
	exit 3
fi
need preflight libpdfbox2-java
need pdfbox2 libpdfbox2-java
need xmpbox libpdfbox2-java
need fontbox2 libfontbox2-java
need commons-logging libcommons-logging-java
need javax.activation libactivation-java
need jaxb-api libjaxb-api-java
exec java -XX:TieredStopAtLevel=1 -cp "${path#:}" "$(dirname "$0")/PdfA1b.java" "$@"
