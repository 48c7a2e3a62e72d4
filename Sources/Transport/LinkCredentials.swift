internal import Cryptography

/// What a process shows in every handshake: its version, chain and suite, and that its registered
/// key vouches for the static key of its links.
///
/// The static key is made at the start of the process and never leaves it, so what was signed for
/// another process, chain or role proves nothing here.
/// - Source: docs/spec/15-links.md, rules N2 and N3.
struct LinkCredentials: Sendable {
  /// Version and purpose. Everything that is signed or agreed upon begins with it.
  static let magic = Array("YILIAN-LINK1".utf8)
  /// Bytes of the first thing that a dialler says: magic, chain, suite.
  static let preambleByteCount = magic.count + Digest.byteCount + 1

  /// The registered key of this process.
  let key: PeerKey
  /// What the dialler says first in plain, and both hash into the handshake.
  let preamble: [UInt8]
  private let suite: any CryptoSuite
  private let noise: NoiseSuite
  private let chain: Digest
  private let staticKey: PrivateKey
  private let proofAsInitiator: [UInt8]
  private let proofAsResponder: [UInt8]

  init(suite id: SuiteID, chain: Digest, identity: PrivateKey) throws(CryptographyFault) {
    let suite = id.suite
    let staticKey = try id.noise.generateKey()
    func proof(_ role: NoiseHandshake.Role) throws(CryptographyFault) -> [UInt8] {
      let statement = Self.statement(chain, role, staticKey.publicKey)
      return try identity.publicKey.encoded + suite.sign(statement.span, with: identity).bytes
    }
    proofAsInitiator = try proof(.initiator)
    proofAsResponder = try proof(.responder)
    key = PeerKey(identity.publicKey.encoded)
    preamble = Self.magic + chain.bytes + [id.rawValue]
    self.suite = suite
    noise = id.noise
    self.chain = chain
    self.staticKey = staticKey
  }

  /// Starts the Noise handshake of a connection.
  func handshake(_ role: NoiseHandshake.Role) throws(NoiseFault) -> NoiseHandshake {
    try NoiseHandshake(noise, role: role, staticKey: staticKey, prologue: preamble)
  }

  /// The registered key and its signature: the payload of message 2 or 3.
  func proof(as role: NoiseHandshake.Role) -> [UInt8] {
    switch role {
    case .initiator: proofAsInitiator
    case .responder: proofAsResponder
    }
  }

  /// Checks what a peer in `role` showed together with its static key.
  /// - Returns: The peer's registered key; whether it is allowed is another question.
  func verify(
    _ proof: [UInt8], from role: NoiseHandshake.Role, holding staticKey: PublicKey
  ) throws(LinkRefusal) -> PeerKey {
    let keyByteCount = suite.publicKeyByteCount
    guard proof.count == keyByteCount + Signature.byteCount,
      let signature = Signature(Array(proof[keyByteCount...]))
    else { throw .malformed }
    let encoded = Array(proof[..<keyByteCount])
    guard let key = try? suite.publicKey(encoded, use: .signing),
      suite.isValid(signature, of: Self.statement(chain, role, staticKey).span, by: key)
    else { throw .unproven }
    return PeerKey(encoded)
  }

  /// Compares as much of a preamble as has come.
  /// - Throws: The reason, as soon as the bytes differ.
  func check(preamble received: [UInt8]) throws(LinkRefusal) {
    let chainEnd = Self.magic.count + Digest.byteCount
    guard let difference = zip(received, preamble).enumerated().first(where: { $1.0 != $1.1 })
    else { return }
    switch difference.offset {
    case ..<(Self.magic.count - 1): throw .notALink
    case ..<Self.magic.count: throw .otherVersion
    case ..<chainEnd: throw .otherChain
    default: throw .otherSuite
    }
  }

  private static func statement(
    _ chain: Digest, _ role: NoiseHandshake.Role, _ staticKey: PublicKey
  ) -> [UInt8] {
    magic + chain.bytes + [role.rawValue] + staticKey.encoded
  }
}
