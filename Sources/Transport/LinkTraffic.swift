internal import Cryptography
internal import NIOCore

/// What flows over an established connection: frames sealed and opened, messages put together.
///
/// Belongs to the connection's event loop.
// A class because its ciphers count messages and must not be copied.
final class LinkTraffic {
  let link: Link
  let account: ReadAccount
  private var session: NoiseSession
  private var assembler: MessageAssembler

  init(_ link: Link, session: NoiseSession, configuration: LinkConfiguration) {
    self.link = link
    self.session = session
    assembler = MessageAssembler(rule: configuration.rule)
    let channel = link.channel
    account = ReadAccount(byteCountMax: configuration.limits.unreleasedBytesMax) {
      channel.signal(.resume)
    }
  }

  /// Opens the next frame.
  /// - Returns: The message that it completes, if it does.
  func open(_ frame: [UInt8]) throws(LinkRefusal) -> LinkMessage? {
    guard frame.count >= LinkFrame.sealedByteCountMin else { throw .malformed }
    let plaintext: [UInt8]
    do {
      plaintext = try session.incoming.decrypt(frame.span)
    } catch {
      throw LinkRefusal(error)
    }
    guard let whole = try assembler.read(plaintext) else { return nil }
    link.record.count { $0.messagesIn += 1 }
    let credit = account.take(whole.payload.count + SendQueue.messageOverhead)
    return LinkMessage(kind: whole.kind, payload: whole.payload, credit: credit)
  }

  /// Seals the next frame.
  func seal(_ plaintext: [UInt8]) throws(NoiseFault) -> ByteBuffer {
    FrameReader.frame(try session.outgoing.encrypt(plaintext.span))
  }
}
