import Cryptography
import LedgerModel
import Testing
import Wire
struct GoldenPrint {
  @Test func show() throws {
    for id in [SuiteID.sm, .intl] {
      let suite = id.suite
      let signed = try Samples.signed(suite)
      let t = try Transaction(decoding: signed, suite: suite)
      print("GOLD \(id.name) body \(t.body.hex)")
      print("GOLD \(id.name) signed \(signed.hex)")
      print("GOLD \(id.name) id \(t.id.hex)")
      print("GOLD \(id.name) batch \(Batch([t], suite: suite).digest.hex)")
      print("GOLD \(id.name) done \(try Samples.receipt(.done(events: 2)).encoded.hex)")
      print("GOLD \(id.name) refused \(try Samples.receipt(Samples.refusal).encoded.hex)")
      print("GOLD \(id.name) refusedleaf \(LogRecord.receipt(try Samples.receipt(Samples.refusal).encoded).leafHash(suite).hex)")
      print("GOLD \(id.name) event \(try Samples.event().encoded.hex)")
      print("GOLD \(id.name) eventleaf \(LogRecord.event(try Samples.event().encoded).leafHash(suite).hex)")
      print("GOLD \(id.name) leaf \(try Samples.leaf().encoded.hex)")
      print("GOLD \(id.name) leafdigest \(try Samples.leaf().digest(suite).hex)")
      print("GOLD \(id.name) indexkey \(AssetID(namespace: "invoice", key: "46060226:0001").indexKey(suite).hex)")
      print("GOLD \(id.name) header \(try Samples.header(suite).encoded.hex)")
      print("GOLD \(id.name) headerhash \(try Samples.header(suite).hash.hex)")
      print("GOLD \(id.name) keyid \(Member.keyID(of: [1,2,3], suite: suite).hex)")
      let g = try Genesis(document: Samples.genesis(id))
      print("GOLD \(id.name) chain \(g.chainID.hex)")
      print("GENESIS\n" + String(decoding: g.document, as: UTF8.self) + "END")
    }
  }
}
