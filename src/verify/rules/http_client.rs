//! Go's client of HTTP. It asks by an interface (`http.RoundTripper`), so who wants something of a
//! server shows only in front of that.

/// What connects to a server.
pub(super) const CONNECT: &str = "net/http.(*Transport).dialConn";

/// What leads there by the interface.
pub(super) const ASK: &[&str] = &[
    "net/http.(*Client).do",
    "net/http/httputil.(*ReverseProxy).ServeHTTP",
    "net/http/httputil.NewSingleHostReverseProxy",
];
