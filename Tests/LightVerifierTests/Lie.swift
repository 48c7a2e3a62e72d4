import LedgerModel
import LightVerifier
import Testing
import Wire

/// What a dishonest node alters in a bundle, and the refusal that must follow.
struct Lie {
  let about: String
  let refusal: ProofFault
  let tell: (inout WireProofBundle) throws -> Void

  init(
    _ about: String, _ refusal: ProofFault,
    _ tell: @escaping (inout WireProofBundle) throws -> Void
  ) {
    self.about = about
    self.refusal = refusal
    self.tell = tell
  }
}

/// Tells each lie about an honest bundle.
func expectRefusals(
  of lies: [Lie], in honest: WireProofBundle, by verifier: LightVerifier
) throws {
  _ = try verifier.verify(honest)
  for lie in lies {
    var bundle = honest
    try lie.tell(&bundle)
    #expect(bundle != honest, "\(lie.about): nothing was altered")
    #expect(throws: lie.refusal, "\(lie.about)") { try verifier.verify(bundle) }
  }
}

extension WireProvenHeader {
  /// Changes fields of the encoded header.
  mutating func alterHeader(_ change: (inout WireBlockHeader) -> Void) throws {
    var fields = try WireBlockHeader(strict: header.octets, limit: Limits.headerBytes)
    change(&fields)
    header = fields.encoded.data
  }
}

extension WireValueProof {
  /// Changes fields of the encoded leaf.
  mutating func alterLeaf(_ change: (inout WireIndexLeaf) -> Void) throws {
    var fields = try WireIndexLeaf(strict: leaf.octets, limit: 256)
    change(&fields)
    leaf = fields.encoded.data
  }
}
