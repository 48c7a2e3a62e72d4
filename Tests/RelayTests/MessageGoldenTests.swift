import BuiltinContracts
import Cryptography
import LedgerModel
import Testing
import Wire

/// Bytes and names of messages that chains of other versions also read. A change here is a change
/// of format.
struct MessageGoldenTests {
  private let origin = [UInt8]([0xa1]).data
  private let other = [UInt8]([0xa2]).data

  @Test("Public parts about invoices that are shared, asked for and checked have these bytes")
  func news() {
    var share = RelayInvoiceShare()
    share.facts.code = "c"
    share.facts.number = "n"
    share.facts.amountFen = -5
    share.blueCode = "b"
    share.blueNumber = "m"
    share.cursor = 6
    #expect(share.encoded.hex == "0a080a016312016e1809" + "120162" + "1a016d" + "2006")
    var status = RelayInvoiceStatus()
    status.code = "c"
    status.number = "n"
    status.prints = 2
    status.paperCode = "p"
    status.paperNumber = "q"
    #expect(status.encoded.hex == "0a0163" + "12016e" + "1802" + "220170" + "2a0171")
    var request = RelayInvoiceRequest()
    request.number = 1
    request.cursor = 2
    request.most = 3
    #expect(request.encoded.hex == "0801" + "1002" + "1803")
    var check = RelayInvoiceCheck()
    check.query = "q"
    check.code = "c"
    check.number = "n"
    check.amountFen = 5
    check.issueDate = 7
    #expect(check.encoded.hex == "0a0171" + "120163" + "1a016e" + "200a" + "2807")
    var answer = RelayCheckAnswer()
    answer.verdict = .authentic
    answer.redFlushed = true
    answer.locked = true
    answer.postedFen = 5
    #expect(answer.encoded.hex == "0802" + "1001" + "1801" + "200a")
  }

  @Test("Public parts of what is done with invoices have these bytes")
  func acts() {
    var lock = RelayLockInvoice()
    lock.code = "c"
    lock.number = "n"
    lock.purpose = "p"
    lock.expiresMs = 4
    #expect(lock.encoded.hex == "0a0163" + "12016e" + "1a0170" + "2004")
    var unlock = RelayUnlockInvoice()
    unlock.code = "c"
    unlock.number = "n"
    unlock.expiresMs = 4
    #expect(unlock.encoded.hex == "0a0163" + "12016e" + "1804")
    var post = RelayPostInvoice()
    post.code = "c"
    post.number = "n"
    post.amountFen = 5
    post.unit = "u"
    post.postingID = "i"
    #expect(post.encoded.hex == "0a0163" + "12016e" + "180a" + "220175" + "2a0169")
    var unpost = RelayUnpostInvoice()
    unpost.code = "c"
    unpost.number = "n"
    unpost.unit = "u"
    unpost.postingID = "i"
    #expect(unpost.encoded.hex == "0a0163" + "12016e" + "1a0175" + "220169")
    var grantee = RelayInvoiceGrantee()
    grantee.code = "c"
    grantee.number = "n"
    grantee.grantee = "g"
    grantee.sinceMs = 4
    #expect(grantee.encoded.hex == "0a0163" + "12016e" + "1a0167" + "2004")
  }

  @Test("Public parts about settlements and documents have these bytes")
  func papers() {
    var settlement = RelaySettlement()
    settlement.id = "i"
    settlement.unit = "u"
    settlement.code = "c"
    settlement.number = "n"
    settlement.amountFen = 5
    #expect(settlement.encoded.hex == "0a0169" + "120175" + "1a0163" + "22016e" + "280a")
    var document = RelayDocument()
    document.key = "k"
    document.version = 2
    document.answers = "a"
    #expect(document.encoded.hex == "0a016b" + "1002" + "1a0161")
  }

  @Test("What both chains keep of messages has these bytes")
  func kept() {
    var step = RelayStep()
    step.channel = "c"
    step.sequence = 3
    step.messageType = "t"
    step.body = origin
    step.failure = .effect
    step.result = other
    #expect(
      step.encoded.hex == "0a0163" + "1003" + "1a0174" + "2201a1" + "280a" + "3201a2")
    var sent = RelaySentMessage()
    sent.channel = "c"
    sent.sequence = 3
    sent.status = .undelivered
    sent.failure = .effect
    sent.result = other
    #expect(sent.encoded.hex == "0a0163" + "1003" + "1802" + "200a" + "2a01a2")
    var requested = RelayRequestedInvoices()
    requested.origin = origin
    requested.sequence = 3
    requested.requester = "r"
    requested.request.number = 1
    #expect(requested.encoded.hex == "0a01a1" + "1003" + "1a0172" + "22020801")
    var answered = RelayAnsweredCheck()
    answered.origin = origin
    answered.channel = "c"
    answered.sequence = 3
    answered.answer.verdict = .differs
    #expect(answered.encoded.hex == "0a01a1" + "120163" + "1803" + "22020801")
    var settlement = RelaySettlementState()
    settlement.settlement.id = "i"
    settlement.origin = origin
    settlement.channel = "c"
    settlement.sequence = 3
    settlement.commitment = other
    settlement.status = .undelivered
    settlement.failure = .effect
    #expect(
      settlement.encoded.hex
        == "0a030a0169" + "1201a1" + "1a0163" + "2003" + "2a01a2" + "3004" + "380a")
    var document = RelayReceivedDocument()
    document.origin = origin
    document.channel = "c"
    document.sequence = 3
    document.recipient = "r"
    document.version = 2
    document.commitment = other
    document.answers = "a"
    document.revoked = true
    #expect(
      document.encoded.hex
        == "0a01a1" + "120163" + "1803" + "220172" + "2802" + "3201a2" + "3a0161" + "4001")
  }

  @Test("What an invoice keeps of other chains has these bytes")
  func invoice() {
    var invoice = InvoiceState()
    invoice.hold.holder = "h"
    invoice.hold.chain = origin
    invoice.hold.passage.channel = "c"
    invoice.hold.passage.sequence = 3
    invoice.hold.passage.ending = true
    var posting = InvoicePosting()
    posting.postingID = "i"
    posting.chain = origin
    posting.passage.channel = "c"
    posting.passage.sequence = 3
    invoice.postings = [posting]
    var grant = InvoiceGrant()
    grant.grantor = "g"
    grant.chain = origin
    invoice.grants = [grant]
    invoice.origin.chain = origin
    invoice.origin.channel = "c"
    invoice.origin.sequence = 3
    #expect(
      invoice.encoded.hex
        == "4a0f" + "0a0168" + "2a01a1" + "3207" + "0a016310031801"
        + "520d" + "0a0169" + "3201a1" + "3a05" + "0a01631003"
        + "6a06" + "0a0167" + "2a01a1" + "7208" + "0a01a1" + "120163" + "1803")
  }

  @Test("Types have these names, in this order, and leave room for business keys")
  func names() {
    #expect(
      RelayContract.messageTypeNames == [
        "notice", "notice.confirmed", "invoice.share", "invoice.status", "invoice.request",
        "invoice.check",
        "invoice.lock", "invoice.unlock", "invoice.post", "invoice.unpost", "invoice.authorise",
        "invoice.revoke", "settlement.upload", "settlement.revoke", "posting.feedback",
        "voucher.report", "voucher.query", "policy.share", "policy.query", "catalogue.share",
        "catalogue.query", "settlement.share", "reimbursement.apply", "archive.put",
        "archive.revoke", "identity.revoke", "member.call",
      ])
    let names = RelayContract.messageTypeNames
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.utf8.count <= RelayContract.Limit.messageTypeBytes })
    #expect(
      RelayContract.Limit.messageTypeBytes + 1 + RelayContract.Limit.businessKeyBytes
        == AssetID.byteLimit)
  }

  @Test("Business keys follow from public parts, with these forms")
  func businessKeys() {
    func key(_ type: String, _ body: [UInt8]) -> String? {
      var packet = RelayPacket()
      packet.messageType = type
      packet.sourceChain = [UInt8]([0xc1, 0xc2, 0xc3, 0xc4, 0xc5]).data
      packet.destinationChain = [UInt8]([0xd1, 0xd2, 0xd3, 0xd4, 0xd5]).data
      packet.body = body.data
      return RelayContract.businessKey(of: packet)
    }
    var share = RelayInvoiceShare()
    share.facts.code = "c"
    share.facts.number = "n"
    #expect(key("invoice.share", share.encoded) == "c:n@c1c2c3c4d1d2d3d4")
    var status = RelayInvoiceStatus()
    status.code = "c"
    status.number = "n"
    status.prints = 2
    #expect(key("invoice.status", status.encoded) == "c:n:p2@c1c2c3c4d1d2d3d4")
    status.paperNumber = "q"
    #expect(key("invoice.status", status.encoded) == "c:n:p2e@c1c2c3c4d1d2d3d4")
    var request = RelayInvoiceRequest()
    request.number = 7
    #expect(key("invoice.request", request.encoded) == "7@c1c2c3c4d1d2d3d4")
    var check = RelayInvoiceCheck()
    check.query = "q"
    #expect(key("invoice.check", check.encoded) == "q@c1c2c3c4d1d2d3d4")
    var lock = RelayLockInvoice()
    lock.code = "c"
    lock.number = "n"
    lock.expiresMs = 4
    #expect(key("invoice.lock", lock.encoded) == "c:n:4@c1c2c3c4d1d2d3d4")
    var unlock = RelayUnlockInvoice()
    unlock.code = "c"
    unlock.number = "n"
    unlock.expiresMs = 4
    #expect(key("invoice.unlock", unlock.encoded) == "c:n:4@c1c2c3c4d1d2d3d4")
    var post = RelayPostInvoice()
    post.code = "c"
    post.number = "n"
    post.unit = "u"
    post.postingID = "i"
    #expect(key("invoice.post", post.encoded) == "c:n:u:i@c1c2c3c4d1d2d3d4")
    var unpost = RelayUnpostInvoice()
    unpost.code = "c"
    unpost.number = "n"
    unpost.unit = "u"
    unpost.postingID = "i"
    #expect(key("invoice.unpost", unpost.encoded) == "c:n:u:i@c1c2c3c4d1d2d3d4")
    var grantee = RelayInvoiceGrantee()
    grantee.code = "c"
    grantee.number = "n"
    grantee.grantee = "g"
    grantee.sinceMs = 4
    for type in ["invoice.authorise", "invoice.revoke"] {
      #expect(key(type, grantee.encoded) == "c:n:g:4@c1c2c3c4d1d2d3d4")
    }
    var settlement = RelaySettlement()
    settlement.id = "i"
    for type in ["settlement.upload", "settlement.revoke"] {
      #expect(key(type, settlement.encoded) == "i@c1c2c3c4d1d2d3d4")
    }
    var document = RelayDocument()
    document.key = "k"
    document.version = 2
    for type in DocumentTests.puts + DocumentTests.queries + ["archive.revoke"] {
      #expect(key(type, document.encoded) == "k:2@c1c2c3c4d1d2d3d4")
    }
    var call = RelayMemberCall()
    call.id = "i"
    #expect(key("member.call", call.encoded) == "i@c1c2c3c4d1d2d3d4")
    var revoke = RelayRevokeIdentity()
    revoke.version = 2
    #expect(key("identity.revoke", revoke.encoded) == ":2@c1c2c3c4d1d2d3d4")
    document.key = String(repeating: "k", count: RelayContract.Limit.documentKeyBytes)
    document.version = .max
    #expect(
      key("policy.share", document.encoded)?.utf8.count == RelayContract.Limit.businessKeyBytes)
    #expect(key("invoice.lock", [0xff]) == nil)
    #expect(key("order", []) == nil)
  }
}
