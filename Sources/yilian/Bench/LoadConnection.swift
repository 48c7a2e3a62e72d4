internal import Foundation
internal import Glibc

/// One keep-alive HTTP connection on a thread of its own: as little work for each request as a load
/// generator can do, because it shares the machine with what it measures.
final class LoadConnection {
  private let descriptor: Int32
  private let host: String
  private var buffer = [UInt8](repeating: 0, count: 64 * 1_024)

  /// - Parameter url: `http://HOST:PORT` with an IPv4 address.
  init(url: String) throws {
    guard let parts = URLComponents(string: url), let host = parts.host, let port = parts.port,
      parts.scheme == "http"
    else { throw Failure.usage("bench needs a node at http://ADDRESS:PORT, not \(url)") }
    self.host = "\(host):\(port)"
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
      throw Failure.usage("bench needs the node's IPv4 address, not \(host)")
    }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
    }
    guard isConnected else { throw Failure.unreachable("no node answers at \(url)") }
    var on: Int32 = 1
    let onSize = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, onSize)
  }

  deinit { close(descriptor) }

  /// Posts a protobuf body.
  /// - Returns: The status and the body of the answer.
  func post(_ path: String, _ body: [UInt8]) throws -> (status: Int, body: ArraySlice<UInt8>) {
    let head =
      "POST \(path) HTTP/1.1\r\nhost: \(host)\r\ncontent-type: application/x-protobuf\r\n"
      + "accept: application/x-protobuf\r\ncontent-length: \(body.count)\r\n\r\n"
    try send(Array(head.utf8) + body)
    return try receive()
  }

  private func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure.unreachable("the node closed the connection") }
      sent += count
    }
  }

  private func receive() throws -> (status: Int, body: ArraySlice<UInt8>) {
    var filled = 0
    var total: Int?
    var bodyStart = 0
    while total.map({ filled < $0 }) ?? true {
      if filled == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
      let count = buffer[filled...].withUnsafeMutableBytes {
        recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      guard count > 0 else { throw Failure.unreachable("the node closed the connection") }
      filled += count
      if total == nil, let end = Self.headEnd(buffer[..<filled]) {
        bodyStart = end
        total = end + (try Self.contentLength(buffer[..<end]))
      }
    }
    let head = String(decoding: buffer[..<bodyStart].prefix(16), as: UTF8.self)
    guard let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw Failure.refused("the node does not speak HTTP")
    }
    return (status, buffer[bodyStart..<filled])
  }

  private static func headEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    let end: [UInt8] = [13, 10, 13, 10]
    let start = bytes.indices.dropLast(3).first {
      bytes[$0] == 13 && bytes[$0..<$0 + 4].elementsEqual(end)
    }
    return start.map { $0 + 4 }
  }

  private static func contentLength(_ head: ArraySlice<UInt8>) throws -> Int {
    for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == "content-length",
        let length = Int(parts[1].trimmingCharacters(in: .whitespaces))
      {
        return length
      }
    }
    throw Failure.refused("the node's answer has no length")
  }
}
