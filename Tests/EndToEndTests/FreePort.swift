import Glibc

/// A TCP port of the loopback interface that nobody listens on, as are those at these offsets.
///
/// Far below those that Linux gives outgoing connections (32,768 and up): one of these could take
/// a port before the program does that it is meant for.
func freePort(offsets: [Int] = [0]) throws -> Int {
  for _ in 0..<1_000 {
    let first = Int.random(in: 10_000..<30_000)
    if offsets.allSatisfy({ isFree(first + $0) }) { return first }
  }
  throw NoPort()
}

private func isFree(_ port: Int) -> Bool {
  let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard handle >= 0 else { return false }
  defer { close(handle) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      bind(handle, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}

struct NoPort: Error {}
