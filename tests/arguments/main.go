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
	"go/parser"
	htmltemplate "html/template"
	"io/fs"
	"io/ioutil"
	"log/syslog"
	"mime"
	"net"
	"net/http"
	"net/rpc"
	"net/smtp"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
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
	func() { pe.Open("debug/pe.Open") },
	func() { parser.ParseDir(nil, "go/parser.ParseDir", nil, 0) },
	func() { os.Getenv("os.Getenv") },
	func() { os.LookupEnv("os.LookupEnv") },
	func() { syscall.Getenv("syscall.Getenv") },
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
