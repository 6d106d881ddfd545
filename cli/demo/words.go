package demo

type country struct{ code, name, currency string }

var countryList = []country{
	{"AT", "Österreich", "EUR"}, {"BR", "Brasil", "BRL"}, {"CH", "Schweiz", "CHF"},
	{"CZ", "Česko", "CZK"}, {"DE", "Deutschland", "EUR"}, {"DK", "Danmark", "DKK"},
	{"ES", "España", "EUR"}, {"FI", "Suomi", "EUR"}, {"FR", "France", "EUR"},
	{"GB", "United Kingdom", "GBP"}, {"GR", "Ελλάδα", "EUR"}, {"IN", "Bhārat", "INR"},
	{"IS", "Ísland", "ISK"}, {"IT", "Italia", "EUR"}, {"JP", "日本", "JPY"},
	{"KR", "대한민국", "KRW"}, {"NO", "Norge", "NOK"}, {"PL", "Polska", "PLN"},
	{"PT", "Portugal", "EUR"}, {"SE", "Sverige", "SEK"}, {"TR", "Türkiye", "TRY"},
	{"UA", "Україна", "UAH"}, {"US", "United States", "USD"},
}

var firstNames = []string{
	"Ada", "Alan", "Barbara", "Claude", "Dorothy", "Edgar", "Edsger", "Frances", "Grace", "Hedy",
	"Jean", "John", "Katherine", "Ken", "Leslie", "Lynn", "Margaret", "Mary", "Niklaus", "Radia",
	"Rudolf", "Sophie", "Tim", "Tony",
}

var lastNames = []string{
	"Allen", "Bayer", "Bartik", "Codd", "Conway", "Dijkstra", "Goldberg", "Hamilton", "Hoare", "Hopper",
	"Johnson", "Lamarr", "Lamport", "Liskov", "Lovelace", "McCreight", "Perlman", "Ritchie", "Shannon",
	"Thompson", "Turing", "Vaughan", "Wilson", "Wirth",
}

var adjectives = []string{
	"Quiet", "Folding", "Copper", "Slim", "Woven", "Enamel", "Oak", "Linen", "Travel", "Winter",
	"Garden", "Compact", "Painted", "Sturdy", "Little", "Grand",
}

type productKind struct {
	prefix string
	nouns  []string
	euros  int
}

var productKinds = []productKind{
	{"BK", []string{"Notebook", "Atlas", "Field Guide", "Sketchbook"}, 40},
	{"HM", []string{"Kettle", "Lamp", "Chair", "Blanket", "Shelf"}, 250},
	{"KT", []string{"Pan", "Bowl", "Knife", "Jug"}, 120},
	{"TL", []string{"Saw", "Hammer", "Level", "Chisel"}, 90},
}

var statuses = []string{"open", "paid", "paid", "shipped", "shipped", "shipped", "returned", "void"}

var notes = []string{
	"leave at the door", "gift, no invoice", "call before delivery", "second attempt",
	"Bitte klingeln", "配達は午後", "fragile ⚠", "address changed:\nsee ticket",
}
