//! The programs that systems have in the folders of PATH.

/// Where systems have their programs.
const FOLDERS: &[&str] = &["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"];

/// Whether a program is on a list, by its name, or by its path in one of the system's folders.
pub(super) fn has_program(list: &str, name: &str) -> bool {
    let name = FOLDERS
        .iter()
        .find_map(|folder| name.strip_prefix(folder))
        .unwrap_or(name);
    list.split_whitespace().any(|known| known == name)
}

/// The commands of busybox in Alpine's image (`busybox --list`), apk, and those of musl-utils.
pub(super) const ALPINE: &str = "
    [ [[ acpid add-shell addgroup adduser adjtimex apk arch arp arping ash awk base64 basename
    bbconfig bc beep blkdiscard blkid blockdev brctl bunzip2 busybox bzcat bzip2 cal cat chattr
    chgrp chmod chown chpasswd chroot chvt cksum clear cmp comm cp cpio crond crontab cryptpw cut
    date dc dd deallocvt delgroup deluser depmod df diff dirname dmesg dnsdomainname dos2unix du
    dumpkmap echo egrep eject env ether-wake expand expr factor fallocate false fatattr fbset
    fbsplash fdflush fdisk fgrep find findfs flock fold free fsck fstrim fsync fuser getconf getent
    getopt getty grep groups gunzip gzip halt hd head hexdump hostid hostname hwclock iconv id
    ifconfig ifdown ifenslave ifup init inotifyd insmod install ionice iostat ip ipaddr ipcalc
    ipcrm ipcs iplink ipneigh iproute iprule iptunnel kbd_mode kill killall killall5 klogd ldd less
    link linux32 linux64 ln loadfont loadkmap logger login logread losetup ls lsattr lsmod lsof
    lsusb lzcat lzma lzop lzopcat makemime md5sum mdev mesg microcom mkdir mkdosfs mkfifo mknod
    mkpasswd mkswap mktemp modinfo modprobe more mount mountpoint mpstat mv nameif nanddump
    nandwrite nbd-client nc netstat nice nl nmeter nohup nologin nproc nsenter nslookup ntpd od
    openvt partprobe passwd paste pgrep pidof ping ping6 pipe_progress pivot_root pkill pmap
    poweroff printenv printf ps pscan pstree pwd pwdx raidautorun rdate rdev readahead readlink
    realpath reboot reformime remove-shell renice reset resize rev rfkill rm rmdir rmmod route
    run-parts scanelf sed sendmail seq setconsole setfont setkeycodes setlogcons setpriv setserial
    setsid sh sha1sum sha256sum sha3sum sha512sum showkey shred shuf slattach sleep sort split
    ssl_client stat strings stty su sum swapoff swapon switch_root sync sysctl syslogd tac tail tar
    tee test time timeout top touch tr traceroute traceroute6 tree true truncate tty ttysize
    udhcpc udhcpc6 umount uname unexpand uniq unix2dos unlink unlzma unlzop unshare unxz unzip
    uptime usleep uudecode uuencode vconfig vi vlock volname watch watchdog wc wget which who
    whoami xargs xxd xzcat yes zcat zcip";

/// The commands of coreutils, which every distribution with glibc has, and those beside them that
/// POSIX or the Linux Standard Base ask for and even small installations have.
pub(super) const COMMON: &str = "
    [ arch awk b2sum base32 base64 basename bash cat chcon chgrp chmod chown chroot cksum comm cp
    csplit cut date dd df diff dir dircolors dirname dmesg du echo egrep env expand expr factor
    false fgrep find fmt fold free getconf getent grep groups gunzip gzip head hostid hostname id
    install join kill ldconfig ldd link ln locale login logname ls lsblk md5sum mkdir mkfifo mknod
    mktemp more mount mv nice nl nohup nproc numfmt od passwd paste pathchk pgrep pinky pkill pr
    printenv printf ps ptx pwd readlink realpath rm rmdir runcon sed seq setsid sh sha1sum
    sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty su sum
    sync sysctl tac tail tar tee test timeout top touch tr true truncate tsort tty umount uname
    unexpand uniq unlink uptime useradd userdel usermod users vdir wc who whoami xargs yes zcat";

/// The commands of the packages of the image `debian:12`. procps is not among them.
pub(super) const DEBIAN_12: &str = "
    [ add-shell addgroup adduser agetty apt apt-cache apt-config apt-get apt-key apt-mark arch awk
    b2sum base32 base64 basename basenc bash blkdiscard blkid blockdev cat chage chattr chcon chfn
    chgrp chmod chown chpasswd chroot chrt chsh cksum clear cmp comm cp csplit cut dash date dd
    debconf delgroup deluser deb-systemd-invoke df diff diff3 dir dircolors dirname dmesg
    dnsdomainname domainname dpkg dpkg-deb dpkg-divert dpkg-query dpkg-split du dumpe2fs e2fsck
    echo egrep env expand expr expiry factor faillog fallocate false fgrep find findfs findmnt
    flock fmt fold fsck fsfreeze fstrim getconf getent getopt getty gpasswd gpgv grep groupadd
    groupdel groupmod groups gunzip gzip head hostid hostname iconv id infocmp install ionice ipcmk
    ipcrm ipcs ischroot join killall5 last lastb lastlog ldattach ldconfig ldd link linux32 linux64
    ln locale localedef logger login logname losetup ls lsattr lsblk lscpu lsipc lslocks lslogins
    lsmem lsns mawk mcookie md5sum mesg mkdir mke2fs mkfifo mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4
    mknod mkswap mktemp more mount mountpoint mv namei nawk newgrp newusers nice nisdomainname nl
    nohup nologin nproc nsenter numfmt od partx passwd paste pathchk perl pidof pinky pivot_root
    pldd pr printenv printf prlimit ptx pwck pwd rbash readlink realpath remove-shell renice
    resize2fs rev rgrep rm rmdir rtcwake run-parts runcon runuser savelog script sdiff sed seq
    setarch setpriv setsid setterm sg sh sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf
    sleep sort split stat stdbuf stty su sulogin sum swapoff swapon switch_root sync tabs tac tail
    tar taskset tee tempfile test tic timeout toe touch tput tr true truncate tset tsort tty
    tune2fs tzselect umount uname uncompress unexpand uniq unlink unshare useradd userdel usermod
    users vdir vipw wall wc wdctl whereis which who whoami wipefs xargs yes ypdomainname zcat zcmp
    zdiff zdump zegrep zfgrep zforce zgrep zic zless zmore znew";

/// Commands of macOS 12 itself. git, python3, make and cc are not among them: what is at
/// /usr/bin asks for Xcode's tools.
pub(super) const MACOS: &str = "
    [ arch awk base64 basename bash bc bzip2 cal caffeinate cat chflags chgrp chmod chown chroot
    cksum clear codesign comm cp crontab csh csrutil curl cut dash date dd defaults df diff dig
    dirname diskutil ditto dmesg dscacheutil dscl du dtrace echo ed egrep env expand expr false
    fgrep file find fold fs_usage fsck fuser getconf grep groups gunzip gzip hdiutil head hexdump
    host hostname iconv id ifconfig ioreg ipconfig jot kextstat kill killall kmutil ksh last
    launchctl less ln log logger login logname ls lsof lsvfs man md5 mdfind mdls mkdir mkfifo mknod
    mktemp more mount mount_nfs mount_smbfs mv nc netstat networksetup nice nl nohup nscurl
    nslookup nvram od open openssl osascript passwd paste pbcopy pbpaste perl pfctl pgrep ping
    ping6 pkgutil pkill plutil pmset pr printenv printf ps purge pwd pwd_mkdb qlmanage readlink
    renice rev rm rmdir route rsync say scp screen screencapture script scutil security sed seq
    sftp sh shasum shutdown sips sleep softwareupdate sort spctl split sqlite3 ssh ssh-add
    ssh-agent ssh-keygen stat stty su sudo sw_vers sync sysadminctl sysctl system_profiler
    systemsetup tail tar tcsh tee test textutil time tmutil top touch tput tr traceroute true tty
    umount uname unexpand uniq unzip uptime users uuidgen vi vm_stat wc which who whoami xargs
    xattr xmllint xxd yes zcat zip zsh";

/// Commands of Windows 10, without `.exe`. curl and tar came with its release 1803.
pub(super) const WINDOWS: &str = "
    arp at attrib bcdedit bitsadmin cacls calc certreq certutil chkdsk chkntfs choice cipher
    clip cmd cmdkey comp compact control convert cscript curl defrag diskpart diskperf dism
    dispdiag doskey driverquery eventcreate expand explorer fc find findstr finger fltmc forfiles
    format fsutil getmac gpresult gpupdate hostname icacls ipconfig label lodctr logman logoff
    makecab mmc mode more mountvol msg mshta msiexec mspaint msconfig mstsc nbtstat net net1 netsh
    netstat notepad nslookup odbcconf openfiles pathping ping pnputil powercfg powershell
    print qprocess query quser reg regedit regedt32 regini regsvr32 relog replace robocopy route
    rundll32 sc schtasks sdbinst secedit setx sfc shutdown sort subst systeminfo takeown tar
    taskkill tasklist taskmgr timeout tracerpt tracert tree typeperf unlodctr vaultcmd verifier
    vssadmin w32tm waitfor wevtutil where whoami winrs winver wmic write wscript wusa xcopy";
