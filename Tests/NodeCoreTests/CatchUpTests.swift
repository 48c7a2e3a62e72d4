import TestLedger
import Testing

@testable import NodeCore

@Suite("A node that misses blocks asks one peer at a time, and not one that failed")
struct CatchUpTests {
  private let peers = (1...4).map { PeerID(key: [$0]) }

  private func ask(
    _ catchUp: inout CatchUp, from height: UInt64 = 1, _ peers: [PeerID]? = nil, at nowMs: UInt64
  ) -> PeerID? {
    catchUp.next(
      from: height, peers: (peers ?? self.peers).map { ($0, 100) }, nowMs: nowMs, timeoutMs: 500)
  }

  private func answer(_ catchUp: inout CatchUp, _ peer: PeerID) -> Bool {
    catchUp.isExpected(from: peer)
  }

  @Test("While an answer is awaited or judged, nobody else is asked")
  func oneAtATime() throws {
    var catchUp = CatchUp()
    let first = try #require(ask(&catchUp, at: 0))
    #expect(ask(&catchUp, at: 499) == nil)
    #expect(catchUp.request?.from == 1)
    #expect(answer(&catchUp, first))
    // Being judged has no deadline.
    #expect(ask(&catchUp, at: 10_000) == nil)
    catchUp.succeed()
    #expect(ask(&catchUp, at: 10_000) != nil)
  }

  @Test("Only the peer that was asked may answer, once")
  func expected() throws {
    var catchUp = CatchUp()
    #expect(!answer(&catchUp, peers[0]))
    let asked = try #require(ask(&catchUp, at: 0))
    for peer in peers where peer != asked { #expect(!answer(&catchUp, peer)) }
    #expect(answer(&catchUp, asked))
    #expect(!answer(&catchUp, asked))
    catchUp.succeed()
    #expect(!answer(&catchUp, asked))
  }

  @Test("A peer that is late or wrong rests for two seconds")
  func resting() throws {
    var catchUp = CatchUp()
    let late = try #require(ask(&catchUp, at: 0))
    let wrong = try #require(ask(&catchUp, at: 500))
    #expect(wrong != late)
    catchUp.fail(wrong, nowMs: 600)
    #expect(catchUp.request == nil)
    for nowMs in [600, 2_499] as [UInt64] {
      let next = try #require(ask(&catchUp, at: nowMs))
      #expect(next != late && next != wrong)
      catchUp.succeed()
    }
    #expect(ask(&catchUp, [late], at: 2_499) == nil)
    #expect(ask(&catchUp, [late], at: 2_500) == late)
    catchUp.succeed()
    #expect(ask(&catchUp, [wrong], at: 2_599) == nil)
    #expect(ask(&catchUp, [wrong], at: 2_600) == wrong)
  }

  @Test("Who fails without being asked rests, too, and the request stays")
  func unaskedFailure() throws {
    var catchUp = CatchUp()
    let asked = try #require(ask(&catchUp, at: 0))
    let other = try #require(peers.first { $0 != asked })
    catchUp.fail(other, nowMs: 0)
    #expect(catchUp.request?.peer == asked)
    catchUp.succeed()
    #expect(ask(&catchUp, [other], at: 1_999) == nil)
  }

  @Test("Without peers nobody is asked, and peers take turns as the height grows")
  func turns() {
    var catchUp = CatchUp()
    #expect(ask(&catchUp, [], at: 0) == nil)
    var asked: Set<PeerID> = []
    for height in stride(from: 0, to: 64, by: 16) as StrideTo<UInt64> {
      if let peer = ask(&catchUp, from: height, at: 0) { asked.insert(peer) }
      catchUp.succeed()
    }
    #expect(asked == Set(peers))
    #expect(ask(&catchUp, from: .max, at: 0) != nil)
  }

  @Test("Whatever happens, who is asked is known, rested, and alone",
    arguments: 1...20 as ClosedRange<UInt64>)
  func twin(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var catchUp = CatchUp()
    var nowMs: UInt64 = 0
    // The plain twin: the open request, and when each peer failed last.
    var open: (peer: PeerID, askedMs: UInt64, isJudged: Bool)?
    var failedMs: [PeerID: UInt64] = [:]
    for _ in 0..<2_000 {
      nowMs += UInt64.random(in: 0...300, using: &generator)
      let peer = peers[Int.random(in: peers.indices, using: &generator)]
      switch Int.random(in: 0..<6, using: &generator) {
      case 0:
        catchUp.fail(peer, nowMs: nowMs)
        failedMs[peer] = nowMs
        if open?.peer == peer { open = nil }
      case 1:
        let isExpected = open.map { $0.peer == peer && !$0.isJudged } ?? false
        #expect(answer(&catchUp, peer) == isExpected)
        if isExpected { open?.isJudged = true }
      case 2 where open?.isJudged == true:
        catchUp.succeed()
        open = nil
      default:
        let known = peers.filter { _ in Bool.random(using: &generator) }
        if let late = open, !late.isJudged, late.askedMs + 500 <= nowMs {
          failedMs[late.peer] = nowMs
          open = nil
        }
        let rested = known.filter { failedMs[$0].map { $0 + 2_000 <= nowMs } ?? true }
        let asked = ask(&catchUp, from: nowMs, known, at: nowMs)
        #expect((asked != nil) == (open == nil && !rested.isEmpty))
        guard let asked else { continue }
        #expect(rested.contains(asked))
        open = (asked, nowMs, false)
      }
      #expect(catchUp.request?.peer == open?.peer)
    }
  }
}
