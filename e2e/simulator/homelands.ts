/* Names, phrases and cases of the people of each country. Everything is invented; domains end in .example. */
import * as numbers from './fictional-numbers.ts';
import { type Speech, speeches } from './speeches.ts';

export type Homeland = {
  code: string;
  /** How many people live here, beside households and companies. */
  people: number;
  households: number;
  /** Each has a switchboard of its own. */
  companies: string[];
  language: string;
  /** Where the country has more than one. */
  timeZone?: string;
  familyFirst: boolean;
  /** A name in another script, also a company's, is followed by its Latin form: `田中|Tanaka`. */
  given: string[];
  family: string[];
  landlines: numbers.NumberRange[];
  mobiles: numbers.NumberRange[];
  speech: Speech;
};

const words = (text: string) => text.split(' ');

export const homelands: Homeland[] = [
  {
    code: 'VN',
    people: 40,
    households: 3,
    companies: ['Gốm Lam Sơn', 'Cà phê Mây Trắng'],
    language: 'vi',
    familyFirst: true,
    given:
      'Thị Mai,Văn Hùng,Ngọc Lan,Minh Tuấn,Thu Hà,Quốc Bảo,Thị Hồng Nhung,Đức Anh,Thanh Tâm,Hữu Phước,Khánh Vy,Đình Khôi,Bích Phượng,Gia Huy'.split(
        ',',
      ),
    family: words('Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý'),
    landlines: [numbers.vietnam.landline],
    mobiles: [numbers.vietnam.mobile],
    speech: speeches.vi,
  },
  {
    code: 'US',
    people: 32,
    households: 2,
    companies: ['Northwind Bicycles', 'Lakeshore Dental Group'],
    language: 'en',
    timeZone: 'America/Los_Angeles',
    familyFirst: false,
    given: words('Emily Marcus Olivia Deshawn Sofia Tyler Maya Andre Hannah Luis Grace Jamal Claire Ethan Rosa'),
    family: words('Carter Johnson Ramirez Whitfield Okafor Bennett Delgado Fitzgerald Nakamura Hughes Park Sullivan'),
    landlines: [numbers.sanFrancisco, numbers.seattle],
    mobiles: [numbers.chicago],
    speech: speeches.en,
  },
  {
    code: 'CA',
    people: 10,
    households: 0,
    companies: [],
    language: 'en',
    timeZone: 'America/Toronto',
    familyFirst: false,
    given: words('Noah Chloé Liam Amélie Priya Owen Geneviève Jack'),
    family: words('MacLeod Tremblay Singh Gagnon Campbell Bouchard Chan'),
    landlines: [numbers.toronto],
    mobiles: [numbers.toronto],
    speech: speeches.en,
  },
  {
    code: 'GB',
    people: 24,
    households: 3,
    companies: ['Harcastle & Finch', 'Penrose Lettings'],
    language: 'en',
    familyFirst: false,
    given: words('Oliver Amelia Rhys Isla Harvey Zara Callum Imogen Kwame Freya Alistair Niamh Tariq'),
    family: words("Ashworth Pemberton Llewellyn McAllister Khan Hartley O'Brien Blackwood Adeyemi Thornton Wren"),
    landlines: [numbers.britain.london, numbers.britain.manchester],
    mobiles: [numbers.britain.mobile],
    speech: speeches.en,
  },
  {
    code: 'DE',
    people: 20,
    households: 2,
    companies: ['Bäckerei Sonnenkorn', 'Grünwald Maschinenbau GmbH'],
    language: 'de',
    familyFirst: false,
    given: words('Jürgen Käthe Björn Sabine Özlem Matthias Anneliese Götz Heike Lukas Ursula'),
    family: words('Müller Großmann Schäfer Weiß Köhler Yıldırım Vogel Brömmel Kraus Lindner'),
    landlines: [numbers.germany.berlin, numbers.germany.munich],
    mobiles: [numbers.germany.mobile],
    speech: speeches.de,
  },
  {
    code: 'FR',
    people: 18,
    households: 2,
    companies: ['Librairie du Vieux Port'],
    language: 'fr',
    familyFirst: false,
    given: words('Élodie François Noémie Jérôme Agnès Loïc Océane Benoît Maëlle Théo'),
    family: words('Lefèvre Dubois Béranger Château Moreau Garçon Péchard Rousseau Lemoine'),
    landlines: [numbers.france.paris, numbers.france.marseille],
    mobiles: [numbers.france.mobile],
    speech: speeches.fr,
  },
  {
    code: 'AU',
    people: 16,
    households: 1,
    companies: ['Wattle Creek Solar'],
    language: 'en',
    timeZone: 'Australia/Sydney',
    familyFirst: false,
    given: words('Lachlan Matilda Jarrah Sienna Cooper Bronte Hamish Kirra Declan Ngaire'),
    family: words("Fairweather Nguyen O'Rourke Papadopoulos Kelly Maher Gilchrist Tranter"),
    landlines: [numbers.australia.sydney, numbers.australia.melbourne],
    mobiles: [numbers.australia.mobile],
    speech: speeches.en,
  },
  {
    code: 'JP',
    people: 18,
    households: 2,
    companies: ['株式会社あおぞら文具|Aozora Bungu'],
    language: 'ja',
    familyFirst: true,
    given: words(
      '太郎|Taro 花子|Hanako 健一|Kenichi 美咲|Misaki 翔太|Shota さくら|Sakura 直樹|Naoki 陽菜|Hina 誠|Makoto',
    ),
    family: words(
      '田中|Tanaka 佐藤|Sato 渡辺|Watanabe 小林|Kobayashi 髙橋|Takahashi 伊藤|Ito 山本|Yamamoto 中村|Nakamura',
    ),
    landlines: [numbers.japan.tokyo],
    mobiles: [numbers.japan.mobile],
    speech: speeches.ja,
  },
  {
    code: 'IN',
    people: 18,
    households: 1,
    companies: ['Kaveri Textiles'],
    language: 'en',
    familyFirst: false,
    given: words('Aarav Diya Rohan Ananya Vikram Meera Arjun Lakshmi Kabir Sneha'),
    family: words('Sharma Iyer Patel Reddy Banerjee Nair Kulkarni Chatterjee Gill'),
    landlines: [numbers.india.bengaluru],
    mobiles: [numbers.india.mobile],
    speech: speeches.en,
  },
  {
    code: 'SE',
    people: 12,
    households: 1,
    companies: [],
    language: 'sv',
    familyFirst: false,
    given: words('Åsa Björn Märta Östen Linnéa Göran Saga Håkan'),
    family: words('Sjöberg Åkesson Lindström Nyqvist Björklund Öhman Hällgren'),
    landlines: [numbers.sweden.stockholm],
    mobiles: [numbers.sweden.mobile],
    speech: speeches.sv,
  },
  {
    code: 'IE',
    people: 12,
    households: 1,
    companies: [],
    language: 'en',
    familyFirst: false,
    given: words('Aoife Cillian Saoirse Pádraig Róisín Eoin Gráinne Tadhg'),
    family: words("O'Sullivan Byrne Ní\u00a0Dhomhnaill Gallagher Kavanagh Ó\u00a0Briain Fogarty"),
    landlines: [numbers.ireland.dublin],
    mobiles: [numbers.ireland.dublin],
    speech: speeches.en,
  },
];
