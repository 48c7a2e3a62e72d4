internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// Reads a request's body into one array, within the route's limit and the node's memory.
struct BodyReader {
  /// What is taken from the memory quota at once while a body arrives. An announced length takes no
  /// more: a few slow clients would otherwise keep the whole quota for bytes that never come.
  private static let stepBytes = 1_024 * 1_024

  let limit: Int
  let memory: Quota
  private var shares: [Quota.Share] = []

  init(limit: Int, memory: Quota) {
    self.limit = limit
    self.memory = memory
  }

  /// The whole body; its share of the memory is held as long as this value lives.
  /// - Throws: `Problem` before more than `limit` bytes are kept, or what ended the connection.
  mutating func read(_ request: Request) async throws -> [UInt8] {
    let announced = try length(of: request)
    var reserved = min(announced ?? 0, Self.stepBytes)
    try reserve(reserved)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(reserved)
    for try await chunk in request.body {
      let total = bytes.count + chunk.readableBytes
      guard total <= limit else { throw Problem.tooLarge("over \(limit) bytes", limit: limit) }
      if total > reserved {
        let step = min(Self.stepBytes + chunk.readableBytes, (announced ?? .max) - reserved)
        try reserve(step)
        reserved += step
      }
      bytes.append(contentsOf: chunk.readableBytesView)
    }
    guard !bytes.isEmpty else { throw Problem.emptyBody }
    return bytes
  }

  private func length(of request: Request) throws(Problem) -> Int? {
    guard let text = request.headers[.contentLength] else { return nil }
    // The HTTP parser has refused what is no number; what overflows is too large in any case.
    let length = Int(text) ?? .max
    guard length <= limit else { throw .tooLarge("\(text) bytes", limit: limit) }
    return length
  }

  private mutating func reserve(_ bytes: Int) throws(Problem) {
    guard bytes > 0 else { return }
    guard let share = memory.take(bytes) else {
      throw .overloaded("memory for request bodies", limit: memory.limit)
    }
    shares.append(share)
  }
}
