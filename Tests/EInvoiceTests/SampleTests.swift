import EInvoice
import Foundation
import Testing

@Suite("Samples")
struct SampleTests {
  @Test("Every sample parses in the standard dialect, and its file name says what it is")
  func everySample() throws {
    let parser = InvoiceParser()
    for (folder, count, encoding) in [("invoices", 40, "UTF-8"), ("invoices-gbk", 4, "GBK")] {
      let names = try Fixtures.names(in: folder)
      #expect(names.count == count)
      for name in names {
        let invoice = try parser.parse(Fixtures.bytes("\(folder)/\(name)"))
        let parts = name.dropLast(".xml".count).split(separator: "-").map(String.init)
        #expect(invoice.reference == InvoiceReference(code: parts[2], number: parts[3]))
        #expect(invoice.isRed == (parts[1] == "red"))
        #expect((invoice.totalAmount < .zero) == invoice.isRed)
        #expect(invoice.encodingName == encoding)
        #expect(invoice.dialectName == "standard")
      }
    }
  }

  @Test("The sums of every sample hold when they are added up again")
  func sumsHold() throws {
    let parser = InvoiceParser()
    for name in try Fixtures.names(in: "invoices") {
      let invoice = try parser.parse(Fixtures.bytes("invoices/\(name)"))
      #expect(invoice.items.reduce(0) { $0 + $1.amount.rawValue } == invoice.totalAmount.rawValue)
      for item in invoice.items {
        let lines = invoice.auxiliaryItems.filter { $0.itemCode == item.code }
        #expect(lines.reduce(0) { $0 + $1.amount.rawValue } == item.amount.rawValue)
      }
      if let settlement = invoice.settlement {
        let parts = [
          settlement.pooledFundAmount, settlement.accountAmount, settlement.ownAmount,
        ]
        #expect(parts.reduce(0) { $0 + $1.rawValue } == invoice.totalAmount.rawValue)
      }
    }
  }

  @Test("A settled invoice has these facts")
  func settledFacts() throws {
    let invoice = try InvoiceParser().parse(Fixtures.bytes(Fixtures.settled))
    #expect(invoice.checkCode == "82abaf")
    #expect(invoice.totalAmount == Fen(rawValue: 15360))
    #expect(invoice.issueDate.description == "2025-09-06")
    #expect(invoice.issueTime == "12:41:45")
    #expect(invoice.name == "医疗住院收费票据(电子)")
    #expect(invoice.specimenCode == "460601")
    #expect(invoice.supervisorAreaCode == "460000")
    #expect(invoice.issuer.code == "H46020000005")
    #expect(invoice.issuer.name == "三亚中心医院")
    #expect(invoice.payer.type == .person)
    #expect(invoice.payer.identifier == "460106196209198828")
    #expect(invoice.payer.name == "王刚")
    #expect(invoice.related == nil)
    let settlement = try #require(invoice.settlement)
    #expect(settlement.id == "4600202540855208204489")
    #expect(settlement.date == IssueDate(year: 2025, month: 9, day: 6))
    #expect(settlement.pooledFundAmount.description == "121.34")
    #expect(settlement.accountAmount.description == "15.12")
    #expect(settlement.ownAmount.description == "17.14")
    #expect(settlement.selfPaidAmount?.description == "32.26")
    #expect(settlement.otherAmount == .zero)
    #expect(invoice.items.map(\.name) == ["卫生材料费", "床位费"])
    #expect(invoice.auxiliaryItems.map(\.quantity) == ["1", "3"])
    #expect(invoice.auxiliaryItems.map(\.specification) == ["24G", "日"])
    #expect(invoice.phone == "13873957878")
    #expect(invoice.gender == "女")
    #expect(invoice.medicalType == "住院")
  }

  @Test("A red invoice names its blue and counts in negative quantities")
  func redFacts() throws {
    let invoice = try InvoiceParser().parse(Fixtures.bytes(Fixtures.red))
    #expect(invoice.related == InvoiceReference(code: "46060125", number: "3760390973"))
    #expect(invoice.totalAmount == Fen(rawValue: -77480))
    #expect(invoice.auxiliaryItems.first?.quantity == "-1")
  }

  @Test("No text of a sample is lost: what no field took is another field, in order")
  func nothingIsLost() throws {
    let text = try Fixtures.text(Fixtures.settled)
    let invoice = try InvoiceParser().parse(text)
    let leaves = text.matches(of: /<(\w+)>([^<]*)<\/\1>/).map { String($0.output.2) }
    let taken = 9 + 2 + 3 + 3 + 7 + invoice.items.count * 3 + invoice.auxiliaryItems.count * 9
    #expect(invoice.otherFields.count == leaves.count - taken)
    #expect(
      invoice.otherFields.prefix(4).map(\.path) == [
        "Header/EInvoiceTag", "Header/EInvoiceID", "Header/Version",
        "EInvoiceData/Main/InvoicingParty/RecName",
      ])
    #expect(invoice.otherFields.first?.value == "CZ-EI-46")
    #expect(invoice.otherFields.last?.path == "EInvoiceData/Main/InvoicingPartySeal/SealHash")
    #expect(invoice.otherFields.last?.value == "")
  }

  @Test("GBK and UTF-8 of the same text, with or without a mark, are the same invoice")
  func sameInEveryEncoding() throws {
    let parser = InvoiceParser()
    let gbk = try parser.parse(Fixtures.bytes(Fixtures.gbk))
    #expect(gbk.payer.name == "孙海")
    // Foundation's own number for GB 18030, so that another decoder agrees.
    let decoded = try #require(
      String(
        bytes: Fixtures.bytes(Fixtures.gbk), encoding: String.Encoding(rawValue: 0x8000_0632)))
    let same = try parser.parse(decoded.replacing("\"GBK\"", with: "\"UTF-8\""))
    #expect(same.encodingName == "UTF-8")
    #expect(same.auxiliaryItems == gbk.auxiliaryItems)
    #expect(same.otherFields == gbk.otherFields)
    #expect(same.issuer == gbk.issuer)
    let text = try Fixtures.text(Fixtures.settled)
    let plain = try parser.parse(text)
    #expect(try parser.parse([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == plain)
    let undeclared = text.replacing("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", with: "")
    #expect(try parser.parse(undeclared) == plain)
  }

  @Test("GB2312 and GB18030 are read as declared", arguments: ["GB2312", "gb18030", "gbk"])
  func chineseEncodings(_ name: String) throws {
    let file = try Fixtures.bytes(Fixtures.gbk)
    let head = Array("<?xml version=\"1.0\" encoding=\"GBK\"?>".utf8)
    let other = Array("<?xml version=\"1.0\" encoding=\"\(name)\"?>".utf8)
    #expect(file.starts(with: head))
    let invoice = try InvoiceParser().parse(other + file.dropFirst(head.count))
    #expect(invoice.payer.name == "孙海")
    #expect(invoice.encodingName == name.uppercased())
  }

  @Test("A character outside GBK is read from the four bytes of GB18030")
  func fourBytes() throws {
    let file = try Fixtures.bytes(Fixtures.gbk)
    let text = Array("<?xml version=\"1.0\" encoding=\"GB18030\"?>".utf8)
    let gender = Array("<Gender>".utf8)
    let body = file.dropFirst("<?xml version=\"1.0\" encoding=\"GBK\"?>".utf8.count)
    let place = try #require(body.indices.first { body[$0...].starts(with: gender) })
    // U+20000 is 95 32 82 36 in GB18030.
    let edited =
      text + body[..<(place + gender.count)] + [0x95, 0x32, 0x82, 0x36]
      + body[(place + gender.count + 2)...]
    #expect(try InvoiceParser().parse(Array(edited)).gender == "\u{20000}")
  }
}
