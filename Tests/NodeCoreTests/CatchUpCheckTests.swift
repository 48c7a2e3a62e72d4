import Cryptography
import FuzzEntries
import LedgerModel
import LedgerStore
import NodeCore
import TestLedger
import Testing
import Wire

@Suite("A node that catches up takes only what continues its chain and a quorum finalised")
struct CatchUpCheckTests {
  private let world: TestWorld
  private let packages: [BlockPackage]

  /// Heights 1 to 6: 2 has no certificate, 4 ends its epoch.
  init() throws {
    world = try TestWorld(.intl, validators: 4)
    var sample = try TestLedger(world)
    var packages: [BlockPackage] = []
    for height in 1...6 as ClosedRange<UInt8> {
      let transaction = try world.transaction([Notes.put("a", "\(height)")], key: [height])
      let block = try sample.run(
        [transaction], electing: height == 4 ? [1, 2, 3, 4] : nil, isCertified: height != 2)
      packages.append(BlockPackage(block: block, batches: [[transaction.encoded()]]))
    }
    self.packages = packages
  }

  private func check(after height: Int = 0) -> CatchUpCheck {
    let epoch = Epoch(first: world.genesis)
    return CatchUpCheck(
      parent: height == 0 ? nil : packages[height - 1].block.header, epoch: epoch,
      chainID: world.genesis.chainID, suite: world.suite)
  }

  private func answer(
    _ heights: ClosedRange<Int>, _ change: (inout WireCatchUpResponse) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    let bytes = CatchUpCheck.encode(
      Array(packages[heights.lowerBound - 1...heights.upperBound - 1]),
      from: UInt64(heights.lowerBound))
    var wire = try WireCatchUpResponse(strict: bytes, limit: CatchUpCheck.responseBytesMax)
    try change(&wire)
    return wire.encoded
  }

  private func expect(
    _ fault: CatchUpFault, of bytes: [UInt8], after height: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: fault, sourceLocation: sourceLocation) {
      try check(after: height).check(bytes)
    }
  }

  @Test("Blocks that continue the chain are taken, those known already are left out")
  func known() throws {
    for after in 0...4 {
      let heights = try check(after: after).check(answer(1...4)).map(\.block.header.height)
      #expect(heights == (1...4).filter { $0 > after }.map(UInt64.init))
    }
    #expect(try check(after: 2).check(answer(3...4)).count == 2)
  }

  @Test("The next epoch's blocks are taken by its own validators' certificates")
  func nextEpoch() throws {
    let epoch = Epoch(
      number: 1, validators: try world.validators([1, 2, 3, 4]), after: 4, suite: world.suite)
    let check = CatchUpCheck(
      parent: packages[3].block.header, epoch: epoch, chainID: world.genesis.chainID,
      suite: world.suite)
    #expect(try check.check(answer(5...6)).count == 2)
  }

  @Test("Bytes that are no answer, or hold no header, are refused by name")
  func malformed() throws {
    expect(
      .malformed(.wire(.malformed(message: "yilian.v1.CatchUpResponse"))), of: [0x12])
    expect(
      .malformed(.wire(.malformed(message: "yilian.v1.BlockHeader"))),
      of: try answer(1...1) { $0.blocks[0].block.header = [0x0a].data })
    expect(
      .malformed(.invalid(field: "block.batches", value: "31 bytes", remedy: "32 bytes each")),
      of: try answer(1...1) { $0.blocks[0].block.batches[0].removeLast() })
    #expect {
      try check().check(answer(1...1) { $0.blocks[0].block.finalization.signatures[0] = [1].data })
    } throws: {
      guard case .malformed(.invalid)? = $0 as? CatchUpFault else { return false }
      return true
    }
  }

  @Test("An answer without blocks is refused")
  func empty() {
    expect(.empty, of: CatchUpCheck.encode([], from: 1))
    expect(.empty, of: [])
  }

  @Test("A block that is not the next one is refused at the height that was expected")
  func doesNotFollow() throws {
    expect(.doesNotFollow(height: 1), of: try answer(2...3))
    expect(.doesNotFollow(height: 2), of: try answer(3...4), after: 1)
    expect(
      .doesNotFollow(height: 2), of: try answer(1...4) { _ = $0.blocks.remove(at: 1) })
    expect(.doesNotFollow(height: 2), of: try answer(1...3) { $0.blocks.swapAt(1, 2) })
    // It says that its first block is further on than it is.
    expect(.doesNotFollow(height: 1), of: try answer(2...4) { $0.fromHeight = 1 })
    expect(
      .doesNotFollow(height: 1),
      of: try answer(1...1) { $0.blocks[0].block.batches.append(Digest.zero.bytes.data) })
    let other = CatchUpCheck(
      parent: nil, epoch: Epoch(first: world.genesis), chainID: .zero, suite: world.suite)
    #expect(throws: CatchUpFault.doesNotFollow(height: 1)) { try other.check(answer(1...1)) }
  }

  @Test("Blocks of two epochs in one answer are refused")
  func crossesEpoch() throws {
    expect(.crossesEpoch(height: 4), of: try answer(1...5))
    expect(.crossesEpoch(height: 4), of: try answer(5...6), after: 4)
  }

  @Test("An answer that ends without a certificate is refused")
  func notFinal() throws {
    expect(.notFinal(height: 2), of: try answer(1...2))
    expect(.notFinal(height: 1), of: try answer(1...1) { $0.blocks[0].block.clearFinalization() })
  }

  @Test("A certificate is of a quorum, of the block, its epoch and its view")
  func certificate() throws {
    func expect(
      _ fault: FinalityFault, sourceLocation: SourceLocation = #_sourceLocation,
      _ change: (inout WireFinalization) throws -> Void
    ) throws {
      self.expect(
        .certificate(fault, height: 1),
        of: try answer(1...1) { try change(&$0.blocks[0].block.finalization) },
        sourceLocation: sourceLocation)
    }
    try expect(.otherHeader) { $0 = try #require(packages[2].block.finalization).wire }
    try expect(.otherView) { $0.view += 1 }
    try expect(.otherView) { $0.epoch = 1 }
    try expect(.notSigned(.belowQuorum(found: 2, needed: 3))) {
      $0.signers.removeLast()
      $0.signatures.removeLast()
    }
    try expect(.notSigned(.badSignature(signer: 1))) { $0.signatures[1] = $0.signatures[0] }
    try expect(.notSigned(.signerOutOfRange(4))) { $0.signers[2] = 4 }
  }

  @Test("A certificate within an answer is checked, too, not only the last one")
  func innerCertificate() throws {
    expect(
      .certificate(.notSigned(.badSignature(signer: 0)), height: 1),
      of: try answer(1...3) {
        $0.blocks[0].block.finalization.signatures[0] =
          $0.blocks[0].block.finalization.signatures[1]
      })
  }

  @Test("A batch that is malformed is refused with what is wrong with it")
  func batch() throws {
    expect(
      .batch(.count(0)), of: try answer(1...1) { $0.blocks[0].batches[0].transactions = [] })
    expect(
      .batch(.malformed(.wire(.malformed(message: "yilian.v1.SignedTransaction")))),
      of: try answer(1...1) { $0.blocks[0].batches[0].transactions = [[0x0a].data] })
  }

  @Test("Batches that the header does not commit to, or too few of them, are refused")
  func otherContent() throws {
    expect(
      .otherContent(height: 1),
      of: try answer(1...3) { $0.blocks[0].batches = $0.blocks[1].batches })
    expect(.otherContent(height: 1), of: try answer(1...1) { $0.blocks[0].batches = [] })
    expect(
      .otherContent(height: 1),
      of: try answer(1...1) { $0.blocks[0].batches += $0.blocks[0].batches })
    expect(
      .otherContent(height: 1),
      of: try answer(1...1) {
        $0.blocks[0].batches[0].transactions += $0.blocks[0].batches[0].transactions
      })
  }
}
