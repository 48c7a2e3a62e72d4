internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix

extension ClientFault {
  /// Why there is no connection, or why it broke, in words for people.
  static func words(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      // One per address of the host, the older kind of address last.
      error.connectionErrors.last.map { words($0.error) } ?? "no address of that host is known"
    case let error as IOError: words(ofErrno: error.errnoCode) ?? "\(error)"
    case let error as HTTPClientError: error.shortDescription.lowercased()
    default: "\(error)"
    }
  }

  private static func words(ofErrno code: CInt) -> String? {
    switch code {
    case ECONNREFUSED: "connection refused"
    case ECONNRESET, EPIPE: "connection reset"
    case EHOSTUNREACH, ENETUNREACH: "no route to that host"
    case EADDRNOTAVAIL: "no such address"
    default: nil
    }
  }
}
