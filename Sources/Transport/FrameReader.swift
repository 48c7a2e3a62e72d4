internal import NIOCore

/// Cuts what comes over a connection into frames: a length of two bytes, then so many bytes.
///
/// Keeps less than one frame beyond what was appended last.
struct FrameReader {
  private var buffer = ByteBuffer()

  mutating func append(_ bytes: ByteBuffer) {
    if buffer.readableBytes == 0 {
      buffer = bytes
    } else {
      buffer.discardReadBytes()
      buffer.writeImmutableBuffer(bytes)
    }
  }

  /// Looks at the first bytes, at most `byteCount`, and leaves them.
  func peek(_ byteCount: Int) -> [UInt8] {
    let count = min(byteCount, buffer.readableBytes)
    return buffer.getBytes(at: buffer.readerIndex, length: count) ?? []
  }

  /// Drops bytes that were looked at.
  mutating func skip(_ byteCount: Int) { buffer.moveReaderIndex(forwardBy: byteCount) }

  /// The next frame, if it is there in full.
  /// - Throws: `malformed` as soon as a length over the limit, or of nothing, is read.
  mutating func next(byteCountMax: Int) throws(LinkRefusal) -> [UInt8]? {
    guard let length: UInt16 = buffer.getInteger(at: buffer.readerIndex) else { return nil }
    let byteCount = Int(length)
    guard (1...byteCountMax).contains(byteCount) else { throw .malformed }
    guard buffer.readableBytes >= 2 + byteCount else { return nil }
    buffer.moveReaderIndex(forwardBy: 2)
    return buffer.readBytes(length: byteCount)
  }

  /// `bytes` as a frame.
  static func frame(_ bytes: [UInt8]) -> ByteBuffer {
    precondition((1...Int(UInt16.max)).contains(bytes.count), "the length has two bytes")
    var buffer = ByteBuffer()
    buffer.reserveCapacity(2 + bytes.count)
    buffer.writeInteger(UInt16(bytes.count))
    buffer.writeBytes(bytes)
    return buffer
  }
}
