internal import Cryptography

/// The handshake of one connection, as a machine: messages in, messages out.
///
/// ```
/// dialler                                   listener
///   preamble ‖ Noise 1             →
///                                  ←   Noise 2 [key ‖ signature]      dialler checks the key
///   Noise 3 [key ‖ signature]      →                                  listener checks the key
///                                  ←   first sealed frame             the link stands for both
/// ```
/// - Source: docs/spec/15-links.md, rules N2 and N3.
struct LinkHandshake {
  /// Most bytes of a handshake message; the longest, message 2 of `sm` and `nist`, has 291.
  static let messageByteCountMax = 512

  /// What a message led to.
  enum Step {
    /// Send this and wait for the next message.
    case answer([UInt8])
    /// The peer is known; send the answer, if there is one.
    case complete(answer: [UInt8]?, peer: PeerKey, NoiseSession)
  }

  private let credentials: LinkCredentials
  private let role: NoiseHandshake.Role
  private let expected: PeerKey?
  private let isAllowed: @Sendable (PeerKey) -> Bool
  private var noise: NoiseHandshake

  /// - Parameter expected: The only key that may answer, if there is one.
  init(
    _ role: NoiseHandshake.Role, credentials: LinkCredentials, expected: PeerKey?,
    isAllowed: @escaping @Sendable (PeerKey) -> Bool
  ) throws(LinkRefusal) {
    self.credentials = credentials
    self.role = role
    self.expected = expected
    self.isAllowed = isAllowed
    do { noise = try credentials.handshake(role) } catch { throw LinkRefusal(error) }
  }

  /// The dialler's first message.
  mutating func opening() throws(LinkRefusal) -> [UInt8] { try write([]) }

  /// Takes the peer's next message.
  mutating func read(_ message: [UInt8]) throws(LinkRefusal) -> Step {
    let payload = try readNoise(message)
    guard let peerStatic = noise.peerStatic else {
      return .answer(try write(credentials.proof(as: .responder)))
    }
    switch role {
    case .initiator:
      let peer = try admit(payload, from: .responder, holding: peerStatic)
      let answer = try write(credentials.proof(as: .initiator))
      return .complete(answer: answer, peer: peer, try split())
    case .responder:
      let peer = try admit(payload, from: .initiator, holding: peerStatic)
      return .complete(answer: nil, peer: peer, try split())
    }
  }

  private func admit(
    _ proof: [UInt8], from role: NoiseHandshake.Role, holding staticKey: PublicKey
  ) throws(LinkRefusal) -> PeerKey {
    let peer = try credentials.verify(proof, from: role, holding: staticKey)
    guard peer != credentials.key else { throw .ownKey }
    guard expected == nil || peer == expected else { throw .otherKey }
    guard isAllowed(peer) else { throw .notAllowed }
    return peer
  }

  private mutating func write(_ payload: [UInt8]) throws(LinkRefusal) -> [UInt8] {
    do { return try noise.writeMessage(payload) } catch { throw LinkRefusal(error) }
  }

  private mutating func readNoise(_ message: [UInt8]) throws(LinkRefusal) -> [UInt8] {
    do { return try noise.readMessage(message) } catch { throw LinkRefusal(error) }
  }

  private func split() throws(LinkRefusal) -> NoiseSession {
    do { return try noise.split() } catch { throw LinkRefusal(error) }
  }
}

extension LinkRefusal {
  /// What a fault of the Noise machine means for the connection.
  init(_ fault: NoiseFault) {
    switch fault {
    case .notAuthentic: self = .notAuthentic
    case .outOfTurn, .malformed, .tooLong, .invalidKey, .nonceExhausted, .failed: self = .malformed
    }
  }
}
