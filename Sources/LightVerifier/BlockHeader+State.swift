internal import Cryptography
public import LedgerModel
internal import Merkle
public import Wire

// What is proven of the state that a header commits to. The header itself must be proven before.

extension BlockHeader {
  /// P2. A value is proven by its leaf's path in the index and its digest in the leaf.
  public func verify(_ proof: WireValueProof) throws(ProofFault) -> ProvenValue {
    let suite = suite.suite
    let asset = try ProofParts.asset(proof.namespace, proof.key)
    let leafBytes = proof.leaf.octets
    let path = try ProofParts.path(proof.path)
    guard proof.path.leafKey.isEmpty, proof.path.leafValue.isEmpty else {
      throw .malformedPart("a value's path has no leaf of its own")
    }
    let key = asset.indexKey(suite)
    let digest = suite.hash(.indexLeaf, leafBytes)
    let index = IndexProof(leaf: IndexLeaf(key: key, value: digest), siblings: path)
    guard
      index.verifyInclusion(
        key: key, value: digest, root: executed.indexRoot, suite: suite)
    else { throw .notInIndex(asset) }
    let leaf: AssetLeaf
    do {
      leaf = try AssetLeaf(decoding: leafBytes)
    } catch {
      throw .malformed(error)
    }
    let value = proof.value.octets
    guard suite.hash(.assetValue, value) == leaf.valueDigest else { throw .wrongValue(asset) }
    return ProvenValue(asset: asset, leaf: leaf, value: value)
  }

  /// P3. Absence is proven by an empty place in the index, or another asset's leaf there.
  public func verify(_ proof: WireAbsenceProof) throws(ProofFault) -> AssetID {
    let suite = suite.suite
    let asset = try ProofParts.asset(proof.namespace, proof.key)
    var leaf: IndexLeaf?
    if !proof.path.leafKey.isEmpty || !proof.path.leafValue.isEmpty {
      guard let key = Digest(proof.path.leafKey.octets),
        let value = Digest(proof.path.leafValue.octets)
      else { throw .malformedPart("the other leaf has no key and value of 32 bytes") }
      leaf = IndexLeaf(key: key, value: value)
    }
    let index = IndexProof(leaf: leaf, siblings: try ProofParts.path(proof.path))
    guard
      index.verifyAbsence(
        key: asset.indexKey(suite), root: executed.indexRoot, suite: suite)
    else { throw .absenceNotShown(asset) }
    return asset
  }
}
