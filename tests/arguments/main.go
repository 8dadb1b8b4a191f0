// Calls each function whose arguments the rules read, with its own name as the text, and with
// ", second" behind it where they read a second one. Nothing is run: what counts is the machine code. Each call has a function of its own, since Go inlines less into
// long ones.
package main

import (
	"archive/zip"
	"context"
	"crypto/tls"
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"debug/plan9obj"
	"go/parser"
	htmltemplate "html/template"
	"io/fs"
	"io/ioutil"
	"log/syslog"
	"mime"
	"net"
	"net/http"
	"net/rpc"
	"net/rpc/jsonrpc"
	"net/smtp"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/coverage"
	"syscall"
	texttemplate "text/template"
	"time"

	"golang.org/x/sys/unix"
)

var (
	ctx      context.Context
	writer   http.ResponseWriter
	request  *http.Request
	listener net.Listener
	server   *http.Server
	client   *http.Client
	dialer   *net.Dialer
	secure   *tls.Dialer
	config   *net.ListenConfig
	resolver *net.Resolver
)

var calls = []func(){
	func() { os.Open("os.Open") },
	func() { os.Create("os.Create") },
	func() { os.ReadFile("os.ReadFile") },
	func() { os.WriteFile("os.WriteFile", nil, 0) },
	func() { os.ReadDir("os.ReadDir") },
	func() { os.Readlink("os.Readlink") },
	func() { os.Chdir("os.Chdir") },
	func() { os.Mkdir("os.Mkdir", 0) },
	func() { os.MkdirAll("os.MkdirAll", 0) },
	func() { os.Stat("os.Stat") },
	func() { os.Lstat("os.Lstat") },
	func() { os.OpenFile("os.OpenFile", 0, 0) },
	func() { os.OpenRoot("os.OpenRoot") },
	func() { os.OpenInRoot("os.OpenInRoot", "name") },
	func() { os.DirFS("os.dirFS.Open").Open("name") },
	func() { os.DirFS("os.dirFS.ReadFile").(fs.ReadFileFS).ReadFile("name") },
	func() { os.DirFS("os.dirFS.ReadDir").(fs.ReadDirFS).ReadDir("name") },
	func() { os.DirFS("os.dirFS.Stat").(fs.StatFS).Stat("name") },
	func() { http.Dir("net/http.Dir.Open").Open("name") },
	func() { os.Rename("os.Rename", "os.Rename, second") },
	func() { os.Link("os.Link", "os.Link, second") },
	func() { os.Symlink("from", "os.Symlink") },
	func() { os.Truncate("os.Truncate", 0) },
	func() { os.Chmod("os.Chmod", 0) },
	func() { syscall.Chroot("syscall.Chroot") },
	func() { syscall.Access("syscall.Access", 0) },
	func() { unix.Access("golang.org/x/sys/unix.Access", 0) },
	func() { syscall.Faccessat(-0x64, "syscall.Faccessat", 0, 0) },
	func() { unix.Faccessat(unix.AT_FDCWD, "golang.org/x/sys/unix.Faccessat", 0, 0) },
	func() { syscall.Unlink("syscall.Unlink") },
	func() { unix.Unlink("golang.org/x/sys/unix.Unlink") },
	func() { syscall.Rmdir("syscall.Rmdir") },
	func() { unix.Rmdir("golang.org/x/sys/unix.Rmdir") },
	func() { unix.Unlinkat(unix.AT_FDCWD, "golang.org/x/sys/unix.Unlinkat", 0) },
	func() { syscall.Creat("syscall.Creat", 0) },
	func() { unix.Creat("golang.org/x/sys/unix.Creat", 0) },
	func() { syscall.Rename("syscall.Rename", "syscall.Rename, second") },
	func() { unix.Rename("golang.org/x/sys/unix.Rename", "golang.org/x/sys/unix.Rename, second") },
	func() { syscall.Renameat(-0x64, "syscall.Renameat", -0x64, "syscall.Renameat, second") },
	func() {
		unix.Renameat(unix.AT_FDCWD, "golang.org/x/sys/unix.Renameat", unix.AT_FDCWD, "golang.org/x/sys/unix.Renameat, second")
	},
	func() { syscall.Readlink("syscall.Readlink", nil) },
	func() { unix.Readlink("golang.org/x/sys/unix.Readlink", nil) },
	func() { unix.Readlinkat(unix.AT_FDCWD, "golang.org/x/sys/unix.Readlinkat", nil) },
	func() { syscall.Chdir("syscall.Chdir") },
	func() { unix.Chdir("golang.org/x/sys/unix.Chdir") },
	func() { syscall.Chmod("syscall.Chmod", 0) },
	func() { unix.Chmod("golang.org/x/sys/unix.Chmod", 0) },
	func() { syscall.Fchmodat(-0x64, "syscall.Fchmodat", 0, 0) },
	func() { unix.Fchmodat(unix.AT_FDCWD, "golang.org/x/sys/unix.Fchmodat", 0, 0) },
	func() { syscall.Chown("syscall.Chown", 0, 0) },
	func() { unix.Chown("golang.org/x/sys/unix.Chown", 0, 0) },
	func() { syscall.Lchown("syscall.Lchown", 0, 0) },
	func() { unix.Lchown("golang.org/x/sys/unix.Lchown", 0, 0) },
	func() { syscall.Fchownat(-0x64, "syscall.Fchownat", 0, 0, 0) },
	func() { unix.Fchownat(unix.AT_FDCWD, "golang.org/x/sys/unix.Fchownat", 0, 0, 0) },
	func() { syscall.Utime("syscall.Utime", nil) },
	func() { unix.Utime("golang.org/x/sys/unix.Utime", nil) },
	func() { syscall.Utimes("syscall.Utimes", make([]syscall.Timeval, 2)) },
	func() { unix.Utimes("golang.org/x/sys/unix.Utimes", make([]unix.Timeval, 2)) },
	func() { syscall.UtimesNano("syscall.UtimesNano", make([]syscall.Timespec, 2)) },
	func() { unix.UtimesNano("golang.org/x/sys/unix.UtimesNano", make([]unix.Timespec, 2)) },
	func() { syscall.Getxattr("syscall.Getxattr", "", nil) },
	func() { unix.Getxattr("golang.org/x/sys/unix.Getxattr", "", nil) },
	func() { syscall.Listxattr("syscall.Listxattr", nil) },
	func() { unix.Listxattr("golang.org/x/sys/unix.Listxattr", nil) },
	func() { syscall.Removexattr("syscall.Removexattr", "") },
	func() { unix.Removexattr("golang.org/x/sys/unix.Removexattr", "") },
	func() { syscall.Setxattr("syscall.Setxattr", "", nil, 0) },
	func() { unix.Setxattr("golang.org/x/sys/unix.Setxattr", "", nil, 0) },
	func() { syscall.Mount("", "syscall.Mount", "", 0, "") },
	func() { unix.Mount("", "golang.org/x/sys/unix.Mount", "", 0, "") },
	func() { syscall.Unmount("syscall.Unmount", 0) },
	func() { unix.Unmount("golang.org/x/sys/unix.Unmount", 0) },
	func() { unix.Stat("golang.org/x/sys/unix.Stat", nil) },
	func() { unix.Lstat("golang.org/x/sys/unix.Lstat", nil) },
	func() { unix.Fstatat(unix.AT_FDCWD, "golang.org/x/sys/unix.Fstatat", nil, 0) },
	func() { unix.Statx(unix.AT_FDCWD, "golang.org/x/sys/unix.Statx", 0, 0, nil) },
	func() { unix.Mkdir("golang.org/x/sys/unix.Mkdir", 0) },
	func() { unix.Mkdirat(unix.AT_FDCWD, "golang.org/x/sys/unix.Mkdirat", 0) },
	func() { unix.Openat(unix.AT_FDCWD, "golang.org/x/sys/unix.Openat", 0, 0) },
	func() { unix.Chroot("golang.org/x/sys/unix.Chroot") },
	func() { unix.Mkfifo("golang.org/x/sys/unix.Mkfifo", 0) },
	func() { unix.Mknod("golang.org/x/sys/unix.Mknod", 0, 0) },
	func() { unix.Mknodat(unix.AT_FDCWD, "golang.org/x/sys/unix.Mknodat", 0, 0) },
	func() { unix.Symlink("from", "golang.org/x/sys/unix.Symlink") },
	func() { unix.Symlinkat("from", unix.AT_FDCWD, "golang.org/x/sys/unix.Symlinkat") },
	func() { unix.Link("golang.org/x/sys/unix.Link", "golang.org/x/sys/unix.Link, second") },
	func() {
		unix.Linkat(unix.AT_FDCWD, "golang.org/x/sys/unix.Linkat", unix.AT_FDCWD, "golang.org/x/sys/unix.Linkat, second", 0)
	},
	func() { unix.Truncate("golang.org/x/sys/unix.Truncate", 0) },
	func() { unix.Openat2(unix.AT_FDCWD, "golang.org/x/sys/unix.Openat2", &unix.OpenHow{}) },
	func() {
		unix.UtimesNanoAt(unix.AT_FDCWD, "golang.org/x/sys/unix.UtimesNanoAt", make([]unix.Timespec, 2), 0)
	},
	func() { syscall.Openat(-0x64, "syscall.Openat", 0, 0) },
	func() { syscall.Unlinkat(-0x64, "syscall.Unlinkat") },
	func() { syscall.Futimesat(-0x64, "syscall.Futimesat", make([]syscall.Timeval, 2)) },
	func() { unix.Futimesat(unix.AT_FDCWD, "golang.org/x/sys/unix.Futimesat", make([]unix.Timeval, 2)) },
	func() { syscall.PivotRoot("syscall.PivotRoot", "syscall.PivotRoot, second") },
	func() { unix.PivotRoot("golang.org/x/sys/unix.PivotRoot", "golang.org/x/sys/unix.PivotRoot, second") },
	func() { syscall.Acct("syscall.Acct") },
	func() { unix.Acct("golang.org/x/sys/unix.Acct") },
	func() {
		unix.Renameat2(unix.AT_FDCWD, "golang.org/x/sys/unix.Renameat2", unix.AT_FDCWD, "golang.org/x/sys/unix.Renameat2, second", 0)
	},
	func() { unix.Lgetxattr("golang.org/x/sys/unix.Lgetxattr", "", nil) },
	func() { unix.Llistxattr("golang.org/x/sys/unix.Llistxattr", nil) },
	func() { unix.Lremovexattr("golang.org/x/sys/unix.Lremovexattr", "") },
	func() { unix.Lsetxattr("golang.org/x/sys/unix.Lsetxattr", "", nil, 0) },
	func() { unix.Mkfifoat(unix.AT_FDCWD, "golang.org/x/sys/unix.Mkfifoat", 0) },
	func() { unix.Faccessat2(unix.AT_FDCWD, "golang.org/x/sys/unix.Faccessat2", 0, 0) },
	func() { unix.Lutimes("golang.org/x/sys/unix.Lutimes", make([]unix.Timeval, 2)) },
	func() { unix.NameToHandleAt(unix.AT_FDCWD, "golang.org/x/sys/unix.NameToHandleAt", 0) },
	func() { unix.OpenTree(unix.AT_FDCWD, "golang.org/x/sys/unix.OpenTree", 0) },
	func() {
		unix.MoveMount(unix.AT_FDCWD, "golang.org/x/sys/unix.MoveMount", unix.AT_FDCWD, "golang.org/x/sys/unix.MoveMount, second", 0)
	},
	func() { unix.MountSetattr(unix.AT_FDCWD, "golang.org/x/sys/unix.MountSetattr", 0, &unix.MountAttr{}) },
	func() { unix.Fspick(unix.AT_FDCWD, "golang.org/x/sys/unix.Fspick", 0) },
	func() { unix.FsconfigSetPath(0, "", "golang.org/x/sys/unix.FsconfigSetPath", unix.AT_FDCWD) },
	func() { unix.FsconfigSetPathEmpty(0, "", "golang.org/x/sys/unix.FsconfigSetPathEmpty", unix.AT_FDCWD) },
	func() { unix.FanotifyMark(0, 0, 0, unix.AT_FDCWD, "golang.org/x/sys/unix.FanotifyMark") },
	func() { os.Remove("os.Remove") },
	func() { os.Chown("os.Chown", 0, 0) },
	func() { os.Lchown("os.Lchown", 0, 0) },
	func() { syscall.Statfs("syscall.Statfs", nil) },
	func() { unix.Statfs("golang.org/x/sys/unix.Statfs", nil) },
	func() { syscall.InotifyAddWatch(0, "syscall.InotifyAddWatch", 0) },
	func() { unix.InotifyAddWatch(0, "golang.org/x/sys/unix.InotifyAddWatch", 0) },
	func() { os.Chtimes("os.Chtimes", time.Time{}, time.Time{}) },
	func() { syscall.Mkfifo("syscall.Mkfifo", 0) },
	func() { syscall.Mknod("syscall.Mknod", 0, 0) },
	func() { syscall.Mknodat(0, "syscall.Mknodat", 0, 0) },
	func() { syscall.Link("syscall.Link", "syscall.Link, second") },
	func() { syscall.Symlink("from", "syscall.Symlink") },
	func() { syscall.Truncate("syscall.Truncate", 0) },
	func() { syscall.Stat("syscall.Stat", nil) },
	func() { syscall.Lstat("syscall.Lstat", nil) },
	func() { zip.OpenReader("archive/zip.OpenReader") },
	func() { buildinfo.ReadFile("debug/buildinfo.ReadFile") },
	func() { elf.Open("debug/elf.Open") },
	func() { macho.Open("debug/macho.Open") },
	func() { macho.OpenFat("debug/macho.OpenFat") },
	func() { plan9obj.Open("debug/plan9obj.Open") },
	func() { pe.Open("debug/pe.Open") },
	func() { parser.ParseFile(nil, "go/parser.ParseFile", nil, 0) },
	func() { coverage.WriteMetaDir("internal/coverage/cfile.WriteMetaDir") },
	func() { coverage.WriteCountersDir("internal/coverage/cfile.WriteCountersDir") },
	func() { coverage.WriteMetaDir("runtime/coverage.WriteMetaDir") },
	func() { coverage.WriteCountersDir("runtime/coverage.WriteCountersDir") },
	func() { parser.ParseDir(nil, "go/parser.ParseDir", nil, 0) },
	func() { os.Getenv("os.Getenv") },
	func() { os.LookupEnv("os.LookupEnv") },
	func() { syscall.Getenv("syscall.Getenv") },
	func() { os.ExpandEnv("os.ExpandEnv") },
	func() { os.Expand("os.Expand", os.Getenv) },
	func() { os.Setenv("os.Setenv", "") },
	func() { syscall.Setenv("syscall.Setenv", "") },
	func() { syscall.Open("syscall.Open", 0, 0) },
	func() { syscall.Mkdir("syscall.Mkdir", 0) },
	func() { syscall.Mkdirat(0, "syscall.Mkdirat", 0) },
	func() { unix.Open("golang.org/x/sys/unix.Open", 0, 0) },
	func() { ioutil.ReadFile("io/ioutil.ReadFile") },
	func() { ioutil.ReadDir("io/ioutil.ReadDir") },
	func() { ioutil.WriteFile("io/ioutil.WriteFile", nil, 0) },
	func() { ioutil.TempFile("io/ioutil.TempFile", "") },
	func() { ioutil.TempDir("io/ioutil.TempDir", "") },
	func() { os.CreateTemp("os.CreateTemp", "") },
	func() { os.MkdirTemp("os.MkdirTemp", "") },
	func() { filepath.Walk("path/filepath.Walk", nil) },
	func() { filepath.WalkDir("path/filepath.WalkDir", nil) },
	func() { filepath.Glob("path/filepath.Glob") },
	func() { filepath.EvalSymlinks("path/filepath.EvalSymlinks") },
	func() { htmltemplate.ParseGlob("html/template.ParseGlob") },
	func() { texttemplate.ParseGlob("text/template.ParseGlob") },
	func() { htmltemplate.ParseFiles("html/template.ParseFiles") },
	func() { texttemplate.ParseFiles("text/template.ParseFiles") },
	func() { htmltemplate.New("").ParseFiles("html/template.(*Template).ParseFiles") },
	func() { texttemplate.New("").ParseFiles("text/template.(*Template).ParseFiles") },
	func() { htmltemplate.New("").ParseGlob("html/template.(*Template).ParseGlob") },
	func() { texttemplate.New("").ParseGlob("text/template.(*Template).ParseGlob") },
	func() {
		tls.LoadX509KeyPair("crypto/tls.LoadX509KeyPair", "crypto/tls.LoadX509KeyPair, second")
	},
	func() {
		http.ListenAndServeTLS(":443", "net/http.ListenAndServeTLS", "net/http.ListenAndServeTLS, second", nil)
	},
	func() { http.ListenAndServe("net/http.ListenAndServe", nil) },
	func() {
		server.ListenAndServeTLS("net/http.(*Server).ListenAndServeTLS", "net/http.(*Server).ListenAndServeTLS, second")
	},
	func() { http.ServeTLS(listener, nil, "net/http.ServeTLS", "net/http.ServeTLS, second") },
	func() {
		server.ServeTLS(listener, "net/http.(*Server).ServeTLS", "net/http.(*Server).ServeTLS, second")
	},
	func() { http.ServeFile(writer, request, "net/http.ServeFile") },
	func() { http.Get("net/http.Get") },
	func() { http.Head("net/http.Head") },
	func() { http.Post("net/http.Post", "", nil) },
	func() { http.PostForm("net/http.PostForm", nil) },
	func() { client.Get("net/http.(*Client).Get") },
	func() { client.Head("net/http.(*Client).Head") },
	func() { client.Post("net/http.(*Client).Post", "", nil) },
	func() { client.PostForm("net/http.(*Client).PostForm", nil) },
	func() { http.NewRequest("", "net/http.NewRequest", nil) },
	func() { http.NewRequestWithContext(ctx, "", "net/http.NewRequestWithContext", nil) },
	func() { net.Dial("tcp", "net.Dial") },
	func() { net.DialTimeout("tcp", "net.DialTimeout", 1) },
	func() { dialer.Dial("tcp", "net.(*Dialer).Dial") },
	func() { dialer.DialContext(ctx, "tcp", "net.(*Dialer).DialContext") },
	func() { net.ResolveTCPAddr("tcp", "net.ResolveTCPAddr") },
	func() { net.ResolveUDPAddr("udp", "net.ResolveUDPAddr") },
	func() { net.ResolveIPAddr("ip", "net.ResolveIPAddr") },
	func() { net.ResolveUnixAddr("unix", "net.ResolveUnixAddr") },
	func() { tls.Dial("tcp", "crypto/tls.Dial", nil) },
	func() { tls.DialWithDialer(dialer, "tcp", "crypto/tls.DialWithDialer", nil) },
	func() { secure.Dial("tcp", "crypto/tls.(*Dialer).Dial") },
	func() { secure.DialContext(ctx, "tcp", "crypto/tls.(*Dialer).DialContext") },
	func() { rpc.Dial("tcp", "net/rpc.Dial") },
	func() { rpc.DialHTTP("tcp", "net/rpc.DialHTTP") },
	func() { rpc.DialHTTPPath("tcp", "net/rpc.DialHTTPPath", "/") },
	func() { textproto.Dial("tcp", "net/textproto.Dial") },
	func() { jsonrpc.Dial("tcp", "net/rpc/jsonrpc.Dial") },
	func() { syslog.Dial("tcp", "log/syslog.Dial", 0, "") },
	func() { smtp.Dial("net/smtp.Dial") },
	func() { smtp.SendMail("net/smtp.SendMail", nil, "", nil, nil) },
	func() { net.Listen("tcp", "net.Listen") },
	func() { net.ListenPacket("udp", "net.ListenPacket") },
	func() { config.Listen(ctx, "tcp", "net.(*ListenConfig).Listen") },
	func() { config.ListenPacket(ctx, "udp", "net.(*ListenConfig).ListenPacket") },
	func() { tls.Listen("tcp", "crypto/tls.Listen", nil) },
	func() { syslog.Dial("log/syslog.Dial", "", 0, "") },
	func() { exec.Command("os/exec.Command") },
	func() { exec.CommandContext(ctx, "os/exec.CommandContext") },
	func() { exec.LookPath("os/exec.LookPath") },
	func() { os.StartProcess("os.StartProcess", nil, nil) },
	func() { syscall.StartProcess("syscall.StartProcess", nil, nil) },
	func() { syscall.ForkExec("syscall.ForkExec", nil, nil) },
	func() { syscall.Exec("syscall.Exec", nil, nil) },
	func() { net.LookupPort("tcp", "net.LookupPort") },
	func() { resolver.LookupPort(ctx, "tcp", "net.(*Resolver).LookupPort") },
	func() { time.LoadLocation("time.LoadLocation") },
	func() { mime.TypeByExtension("mime.TypeByExtension") },
}

func main() {
	for _, call := range calls {
		call()
	}
}
