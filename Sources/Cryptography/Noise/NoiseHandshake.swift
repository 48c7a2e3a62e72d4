/// The Noise handshake XX: two strangers agree on keys and prove their static keys to each other.
///
/// ```
/// 1  initiator → responder   e
/// 2  initiator ← responder   e, ee, s, es
/// 3  initiator → responder   s, se
/// ```
///
/// Each message carries a payload: readable by anyone in message 1, by the initiator (whoever that
/// is) in message 2, by the responder proven in message 2 in message 3. A machine without clock or
/// socket: the caller moves the messages. After an error, `outOfTurn` excepted, it is over.
/// - Source: The Noise Protocol Framework, revision 34; docs/spec/15-links.md, rule N1.
public struct NoiseHandshake: Sendable {
  /// Who speaks first.
  public enum Role: UInt8, Sendable {
    case initiator = 1
    case responder = 2
  }

  /// What a message brings besides its payload.
  private enum Token {
    /// The sender's ephemeral key.
    case e
    /// The sender's static key, sealed.
    case s
    /// Agreements: initiator's key first, then responder's.
    case ee, es, se
  }

  private enum Phase {
    /// `next` is the index of the message to come.
    case talking(next: Int)
    case failed
  }

  private static let pattern: [[Token]] = [[.e], [.e, .ee, .s, .es], [.s, .se]]

  private let suite: NoiseSuite
  private let role: Role
  private let ownStatic: PrivateKey
  private let ownEphemeral: PrivateKey
  /// The other side's static key, once it was received; proven only when the message that brought
  /// it was read without an error.
  public private(set) var peerStatic: PublicKey?
  private var peerEphemeral: PublicKey?
  private var transcript: NoiseTranscript
  private var phase = Phase.talking(next: 0)

  /// Starts a handshake with a fresh ephemeral key.
  /// - Parameter prologue: What both sides must agree on beforehand.
  /// - Throws: `failed` if the static key is not one of `NoiseSuite.generateKey`.
  public init(
    _ suite: NoiseSuite, role: Role, staticKey: PrivateKey, prologue: [UInt8]
  ) throws(NoiseFault) {
    let ephemeral: PrivateKey
    do { ephemeral = try suite.generateKey() } catch { throw .failed(error) }
    try self.init(
      suite, role: role, staticKey: staticKey, ephemeralKey: ephemeral, prologue: prologue)
  }

  /// The same with a given ephemeral key, for published vectors only.
  package init(
    _ suite: NoiseSuite, role: Role, staticKey: PrivateKey, ephemeralKey: PrivateKey,
    prologue: [UInt8]
  ) throws(NoiseFault) {
    do {
      try staticKey.publicKey.require(suite.base.id, .sealing)
      try ephemeralKey.publicKey.require(suite.base.id, .sealing)
    } catch { throw .failed(error) }
    self.suite = suite
    self.role = role
    ownStatic = staticKey
    ownEphemeral = ephemeralKey
    transcript = NoiseTranscript(suite, prologue: prologue)
  }

  /// This side's static key, which the other side learns.
  public var ownStaticKey: PublicKey { ownStatic.publicKey }

  /// Whether all three messages have passed, so that `split` may be called.
  public var isComplete: Bool {
    if case .talking(Self.pattern.count) = phase { true } else { false }
  }

  /// Writes this side's next message.
  /// - Throws: `outOfTurn`; `tooLong` if it would have more than 65,535 bytes.
  public mutating func writeMessage(_ payload: [UInt8] = []) throws(NoiseFault) -> [UInt8] {
    let index = try begin(isEven: role == .initiator)
    var message: [UInt8] = []
    for token in Self.pattern[index] {
      switch token {
      case .e:
        let encoded = ownEphemeral.publicKey.encoded
        transcript.mix(encoded[...])
        message += encoded
      case .s:
        message += try transcript.encryptAndHash(ownStatic.publicKey.encoded)
      case .ee, .es, .se:
        try agree(token)
      }
    }
    let byteCount = message.count + payload.count + transcript.overheadByteCount
    guard byteCount <= NoiseSuite.messageByteCountMax else { throw .tooLong(byteCount: byteCount) }
    message += try transcript.encryptAndHash(payload)
    phase = .talking(next: index + 1)
    return message
  }

  /// Reads the other side's next message.
  /// - Returns: Its payload.
  /// - Throws: `outOfTurn`, `malformed`, `tooLong`, `invalidKey`, `notAuthentic`.
  public mutating func readMessage(_ message: [UInt8]) throws(NoiseFault) -> [UInt8] {
    let index = try begin(isEven: role == .responder)
    guard message.count <= NoiseSuite.messageByteCountMax else {
      throw .tooLong(byteCount: message.count)
    }
    var rest = message[...]
    for token in Self.pattern[index] {
      switch token {
      case .e:
        let encoded = try take(suite.publicKeyByteCount, from: &rest)
        transcript.mix(encoded)
        peerEphemeral = try publicKey(Array(encoded))
      case .s:
        let sealed = try take(suite.publicKeyByteCount + NoiseSuite.tagByteCount, from: &rest)
        peerStatic = try publicKey(transcript.decryptAndHash(sealed))
      case .ee, .es, .se:
        try agree(token)
      }
    }
    let payload = try transcript.decryptAndHash(rest)
    phase = .talking(next: index + 1)
    return payload
  }

  /// Ends a complete handshake.
  /// - Throws: `outOfTurn` before the third message.
  public func split() throws(NoiseFault) -> NoiseSession {
    guard isComplete, let peerStatic else { throw .outOfTurn }
    let (forth, back) = transcript.split()
    let isInitiator = role == .initiator
    return NoiseSession(
      outgoing: isInitiator ? forth : back, incoming: isInitiator ? back : forth,
      peer: peerStatic, handshakeHash: transcript.hash)
  }

  /// The index of the message now due. Until it is done the handshake counts as failed, so that an
  /// error leaves it so.
  private mutating func begin(isEven: Bool) throws(NoiseFault) -> Int {
    guard case .talking(let index) = phase, index < Self.pattern.count,
      index.isMultiple(of: 2) == isEven
    else { throw .outOfTurn }
    phase = .failed
    return index
  }

  private mutating func agree(_ token: Token) throws(NoiseFault) {
    let isOwnEphemeral = token == .ee || (token == .es) == (role == .initiator)
    let isPeerEphemeral = token == .ee || !isOwnEphemeral
    guard let peer = isPeerEphemeral ? peerEphemeral : peerStatic else { throw .outOfTurn }
    do {
      let own = isOwnEphemeral ? ownEphemeral : ownStatic
      transcript.mixKey(try suite.base.agree(own, with: peer))
    } catch .malformedPublicKey {
      throw .invalidKey
    } catch {
      throw .failed(error)
    }
  }

  private func publicKey(_ encoded: [UInt8]) throws(NoiseFault) -> PublicKey {
    do {
      return try suite.base.publicKey(encoded, use: .sealing)
    } catch .malformedPublicKey {
      throw .invalidKey
    } catch {
      throw .failed(error)
    }
  }

  private func take(
    _ byteCount: Int, from rest: inout ArraySlice<UInt8>
  ) throws(NoiseFault) -> ArraySlice<UInt8> {
    guard rest.count >= byteCount else { throw .malformed }
    defer { rest = rest.dropFirst(byteCount) }
    return rest.prefix(byteCount)
  }
}
