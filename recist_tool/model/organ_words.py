"""The words for organs that readers write, in seven languages, as data.

Anatomy as in SNOMED CT, body structure (the numbers stand by the organs), segments of
the liver as in Couinaud 1957, sections and sectors as in Strasberg 2005 (Brisbane
2000), stations of nodes as in the IASLC map (Rusch 2009). How the words are put
together is in `model.organs`; what an organ means for a read, in
``docs/rules/organs.md``.

Words are without capitals and accents; terms are separated by commas. Chinese and
Japanese terms, and `COMPOUND_PARTS` of German, are found inside longer words, but only
where such terms make up the whole word.
"""

from __future__ import annotations

from typing import Final

from recist_tool.terms import LIVER, LYMPH_NODE

NAMES: Final[dict[str, str]] = {
    # 10200004 Liver structure; 71133005 caudate lobe (Couinaud segment I)
    LIVER: """liver, hepatic, hepar, intrahepatic, intra hepatic, lobus hepatis,
        hemiliver, caudate lobe, quadrate lobe, lobus caudatus, lobus quadratus,
        riedel lobe, riedels lobe, couinaud, crlm, colorectal liver metastasis,
        colorectal liver metastases, leber, hepatisch, hepatische, hepatischer,
        hepatisches, hepatischen, intrahepatisch, intrahepatische, foie, hepatique,
        hepatiques, intrahepatique, intrahepatiques, lobe caude, lobe de spiegel,
        lobe carre, higado, hepatico, hepatica, hepaticos, hepaticas, intrahepatico,
        intrahepatica, lobulo caudado, lobulo cuadrado, fegato, epatico, epatica,
        epatici, epatiche, intraepatico, intraepatica, lobo caudato, lobo quadrato, 肝,
        肝脏, 肝臟, 肝臓, 肝内, 肝內, 肝实质, 肝實質, 肝実質, 尾状叶, 尾狀葉, 尾状葉,
        肝尾叶, 肝尾葉, 方叶, 方葉, 方形葉, 肝外叶, 肝外葉, 肝外侧, 肝外側""",
    # 59441001 Lymph node
    LYMPH_NODE: """node, nodes, nodal, lymph node, lymphnode, lymph nodes, lymphnodes,
        lymph gland, lymph glands, station, stations, ln, lns, lnn, lymphadenopathy,
        lymphadenopathies, adenopathy, adenopathies, adenomegaly, lymphonodal,
        nodus lymphaticus, nodi lymphatici, lymphonodus, lymphonodi, lymphknoten,
        lymphknotens, lk, lymphadenopathie, lymphadenopathien, ganglion, ganglions,
        ganglionnaire, ganglionnaires, adenopathie, adenomegalie, ganglio, ganglios,
        ganglionar, ganglionares, adenopatia, adenopatias, linfadenopatia, linfonodo,
        linfonodi, linfonodale, linfonodali, linfoadenopatia, linfoadenopatie,
        adenopatie, 淋巴结, 淋巴結, 淋巴腺, リンパ節, リンパ腺""",
    # 39607008 Lung; 45653009 upper, 40020002 middle, 90572001 lower lobe of lung
    "lung": """lung, pulmonary, lungs, intrapulmonary, upper lobe, middle lobe,
        lower lobe, upper lobes, lower lobes, lingula, rul, rml, rll, lul, lll, lunge,
        lungen, pulmonal, pulmonale, oberlappen, mittellappen, unterlappen, poumon,
        poumons, pulmonaire, pulmonaires, lobe superieur, lobe moyen, lobe inferieur,
        pulmon, pulmones, pulmonar, pulmonares, lobulo superior, lobulo medio,
        lobulo inferior, polmone, polmoni, polmonare, polmonari, lobo superiore,
        lobo medio, lobo inferiore, 肺, 肺脏, 肺臟, 肺内, 肺內, 上叶, 中叶, 下叶, 上葉,
        中葉, 下葉""",
    # 3120008 Pleura; 28273000 Bile duct; 28231008 Gallbladder
    "pleura": """pleura, pleural, pleurae, rippenfell, brustfell, plevre, pleurale,
        pleurico, pleurica, pleurici, pleuriche, 胸膜""",
    "gallbladder": """gallbladder, gall bladder, gallblase, vesicule biliaire,
        vesicula biliar, colecisti, cistifellea, 胆囊, 膽囊, 胆嚢""",
    "bile duct": """bile duct, common bile duct, cbd, biliary, bile ducts, biliary tree,
        biliary tract, hepatic duct, common hepatic duct, choledochus, choledochal,
        extrahepatic bile duct, gallengang, gallengange, voie biliaire, voies biliaires,
        choledoque, via biliar, vias biliares, conducto biliar, coledoco, via biliare,
        vie biliari, dotto biliare, 胆管, 膽管, 胆总管, 膽總管, 総胆管, 肝外胆管, 肝管,
        肝总管, 総肝管""",
    # 76015000 Hepatic artery; 8993003 Hepatic vein; 32764006 Portal vein; 64131007 IVC
    "hepatic artery": """hepatic artery, common hepatic artery, proper hepatic artery,
        arteria hepatica, artere hepatique, arteria epatica, leberarterie, 肝动脉,
        肝動脈""",
    "hepatic vein": """hepatic vein, hepatic veins, lebervene, lebervenen,
        veine hepatique, vena hepatica, vena epatica, 肝静脉, 肝靜脈, 肝静脈""",
    "portal vein": """portal vein, vena portae, vena porta, pfortader, veine porte,
        门静脉, 門靜脈, 門脈, 门脉""",
    "vena cava": """vena cava, inferior vena cava, superior vena cava, ivc, svc, cava,
        veine cave, 下腔静脉, 下大静脈""",
    "aorta": "aorta, aortic, aorte, 主动脉, 大動脈",
    # 71854001 Colon; 34402009 Rectum; 48338005 Hepatic flexure of colon
    "colon": """colon, colonic, hepatic flexure, flexura hepatica, splenic flexure,
        sigmoid, sigmoid colon, caecum, cecum, ascending colon, descending colon,
        transverse colon, kolon, leberflexur, angle colique droit, angle hepatique,
        angulo hepatico, flessura epatica, 结肠, 結腸, 结肠肝曲, 肝曲, 肝弯曲, 肝彎曲,
        肝湾曲, 盲肠, 盲腸""",
    "rectum": "rectum, rectal, enddarm, mastdarm, recto, retto, 直肠, 直腸",
    "colon and rectum": """colon and rectum, colorectal, colorectum, large bowel,
        large intestine, dickdarm, gros intestin, intestino grueso, intestino crasso,
        大肠, 大腸""",
    # 30315005 Small intestine; 38848004 Duodenum; 69695003 Stomach; 32849002 Esophagus
    "small bowel": """small bowel, small intestine, jejunum, jejunal, ileum, ileal,
        dunndarm, duenndarm, intestin grele, grele, intestino delgado, intestino tenue,
        小肠, 小腸, 空肠, 空腸, 回肠, 回腸""",
    "duodenum": "duodenum, duodenal, zwolffingerdarm, duodeno, 十二指肠, 十二指腸",
    "stomach": """stomach, gastric, magen, estomac, gastrique, estomago, gastrico,
        gastrica, stomaco, 胃""",
    "esophagus": """esophagus, oesophagus, esophageal, oesophageal, speiserohre,
        osophagus, oesophage, esofago, 食管, 食道""",
    # 15776009 Pancreas; 78961009 Spleen; 64033007 Kidney; 23451007 Adrenal gland
    "pancreas": """pancreas, pancreatic, pankreas, bauchspeicheldruse, pancreatique,
        pancreatico, 胰, 胰腺, 胰脏, 膵, 膵臓, 膵頭部, 膵体部, 膵尾部, 胰头, 胰尾""",
    "spleen": """spleen, splenic, milz, rate, splenique, bazo, esplenico, milza,
        splenico, 脾, 脾脏, 脾臟, 脾臓""",
    "kidney": """kidney, renal, kidneys, niere, nieren, rein, reins, renale, renaux,
        rinon, rinones, rene, reni, 肾, 腎, 肾脏, 腎臟, 腎臓""",
    "adrenal": """adrenal, adrenals, adrenal gland, adrenal glands, suprarenal gland,
        nebenniere, nebennieren, surrenale, surrenales, glande surrenale, suprarrenal,
        glandula suprarrenal, surrene, surreni, 肾上腺, 腎上腺, 副腎""",
    # 272673000 Bone; 421060004 Spine; 12738006 Brain
    "bone": """bone, bones, osseous, bony, skeletal, skeleton, vertebra, vertebrae,
        vertebral, vertebral body, spine, sacrum, rib, ribs, sternum, femur, humerus,
        tibia, scapula, clavicle, skull, iliac bone, ilium, acetabulum, pelvic bone,
        knochen, wirbel, wirbelkorper, wirbelsaule, rippe, rippen, ossar, os, osseux,
        osseuse, osseuses, vertebre, vertebres, hueso, huesos, oseo, osea, oseas,
        costilla, osso, ossa, osseo, ossea, ossee, costa, vertebrale, 骨, 骨骼, 椎体,
        椎體, 肋骨, 脊椎""",
    "brain": """brain, cerebral, cerebellum, cerebellar, cerebrum, cerebri, cranial,
        frontal lobe, temporal lobe, parietal lobe, occipital lobe, basal ganglia,
        caudate nucleus, hirn, gehirn, kleinhirn, zerebral, cerveau, cerebrale,
        cerebrales, cerebro, cervello, encefalo, 脑, 腦, 脳, 大脑, 小脑, 小脳""",
    # 76752008 Breast; 39937001 Skin; 71616004 Muscle; 87784001 Soft tissue
    "breast": """breast, breasts, mammary, mamma, mammae, brust, sein, seins, mammaire,
        mama, mamario, mammella, mammario, 乳腺, 乳房, 乳""",
    "skin": """skin, cutaneous, cutis, haut, kutan, peau, cutane, cutanee, piel,
        cutaneo, cute, 皮肤, 皮膚""",
    "muscle": """muscle, muscular, psoas, muskel, muskulatur, muscolo, musculo,
        musculaire, 肌肉, 筋肉""",
    "soft tissue": """soft tissue, soft tissues, subcutaneous, subcutis,
        subcutaneous tissue, weichteil, weichteile, weichgewebe, tissus mous,
        tejidos blandos, tessuti molli, 软组织, 軟組織, 軟部組織, 皮下""",
    "chest wall": "chest wall, thoracic wall, thoraxwand, brustwand, 胸壁",
    "abdominal wall": "abdominal wall, bauchwand, 腹壁",
    # Peritoneum with its folds and pouches; 27398004 Omentum; 82849001 Retroperitoneum
    "peritoneum": """peritoneum, peritoneal, peritoneal implant, peritoneal implants,
        carcinomatosis, peritoneal carcinomatosis, falciform ligament, ligamentum teres,
        round ligament of liver, hepatorenal recess, hepatorenal pouch, morison pouch,
        morisons pouch, morrison pouch, pouch of morison, subhepatic space,
        subphrenic space, paracolic gutter, pouch of douglas, douglas,
        gastrohepatic ligament, hepatogastric ligament, hepatoduodenal ligament,
        triangular ligament, coronary ligament, lesser sac, liver capsule,
        hepatic capsule, capsule of liver, capsule of the liver, glisson capsule,
        glissons capsule, liver surface, surface of liver, surface of the liver,
        bauchfell, peritoneale, peritoine, peritoneo, 腹膜, 肝包膜, 肝被膜""",
    "omentum": """omentum, omental, omental cake, greater omentum, lesser omentum, netz,
        epiploon, epiplon, omento, 网膜, 網膜, 大网膜, 大網""",
    "mesentery": """mesentery, mesenteric, mesenterium, mesenterial, mesentere,
        mesenterio, mesentere, mesentero, 肠系膜, 腸間膜, 腸系膜""",
    "retroperitoneum": """retroperitoneum, retroperitoneal, retroperitoine,
        retroperitoneo, retroperitoneale, 腹膜后, 腹膜後, 後腹膜""",
    # 72410000 Mediastinum; 80891009 Heart; 5798000 Diaphragm
    "mediastinum": """mediastinum, mediastinal, mediastin, mediastino, mediastinale,
        纵隔, 縱隔, 縦隔""",
    "heart": """heart, cardiac, pericardium, pericardial, herz, coeur, corazon, cuore,
        sinoatrial node, atrioventricular node, 心脏, 心臟, 心臓""",
    "diaphragm": "diaphragm, diaphragmatic, zwerchfell, diaphragme, diafragma, 横隔膜",
    "ovary": """ovary, ovaries, ovarian, eierstock, eierstocke, ovaire, ovaires, ovario,
        ovarios, ovarico, ovaio, ovaie, 卵巢, 卵巣""",
    # 35039007 Uterus; 41216001 Prostate; 89837001 Bladder; 69748006 Thyroid
    "uterus": """uterus, uterine, cervix, cervix uteri, endometrium, gebarmutter, utero,
        子宫, 子宮""",
    "vagina": "vagina, vaginal, vulva",
    "testis": "testis, testes, testicle, hoden, testicule, testiculo, testicolo, 睾丸",
    "prostate": "prostate, prostatic, prostata, 前列腺, 前立腺",
    "bladder": """bladder, urinary bladder, harnblase, vessie, vejiga, vescica, 膀胱""",
    "ureter": "ureter, ureteral, uretere, 输尿管, 尿管",
    "thyroid": """thyroid, thyroid gland, schilddruse, thyroide, tiroides, tiroide,
        甲状腺, 甲狀腺""",
    "thymus": "thymus, thymic, 胸腺",
    "larynx": "larynx, laryngeal, kehlkopf, 喉头, 喉頭",
    "pharynx": "pharynx, pharyngeal, nasopharynx, oropharynx, hypopharynx, 咽, 咽頭",
    "tongue": "tongue, zunge, langue, lengua, lingua, 舌",
    "salivary gland": "salivary gland, parotid, parotid gland, parotis, 腮腺, 耳下腺",
    "eye": "eye, orbit, uvea, choroid, auge, oeil, ojo, occhio, 眼",
    # never measurable (Eisenhauer 2009, 3.1.2)
    "ascites": "ascites, aszites, ascite, ascitis, 腹水",
    "pleural effusion": """pleural effusion, pleuraerguss, epanchement pleural,
        derrame pleural, versamento pleurico, 胸水, 胸腔积液""",
    "pericardial effusion": """pericardial effusion, perikarderguss,
        epanchement pericardique, derrame pericardico, 心包积液, 心嚢水""",
    "effusion": "effusion, erguss",
    "leptomeninges": "leptomeninges, leptomeningeal, meninges, meningen, 髄膜, 脑膜",
    "leptomeningeal disease": "leptomeningeal disease, meningeosis",
    "lymphangitis": "lymphangitis, lymphangitis carcinomatosa, lymphangitic spread",
    "inflammatory breast disease": "inflammatory breast disease",
    # an organ that no criterion asks after
    "other": "elsewhere, extrahepatic, extra hepatic, 肝外",
}
"""By organ: its names, the adjectives for it, and the names of its parts."""

UNSETTLED: Final[dict[str, str]] = {
    "lymph node or bile duct": """porta hepatis, hepatic hilum, hepatic hilus,
        liver hilum, liver hilus, hilum of liver, hilum of the liver, leberhilus,
        leberpforte, hile hepatique, hilio hepatico, ilo epatico, hepatic pedicle, 肝门,
        肝門, 肝门部, 肝門部, 肝门区""",
    "liver or bile duct": """intrahepatic bile duct, intrahepatic bile ducts, 肝内胆管,
        肝內膽管""",
    "liver or brain": "caudate, quadrate",
}
"""Places that belong to either: counted only as the trial says."""

PARTS: Final = """lobe, lobes, segment, segments, seg, segs, sg, segm, sector, sectors,
    section, sections, subsegment, subsegments, lappen, segmente, segmenten, sektor,
    segmento, segmentos, segmenti, secteur, lobes, lobulo, lobulos, lobo, lobi, settore,
    叶, 葉, 段, 区域, 區域, 亜区域, 区, 前叶, 前葉, 后叶, 後葉, 外叶, 外葉, 前区域,
    後区域, 外側区域, 内側区域"""
"""Parts that liver, lung and other organs have: alone they leave open whose."""

QUALIFIERS: Final = """l, r, upper, lower, middle, mid, anterior, posterior, lateral,
    medial, superior, inferior, central, peripheral, apical, basal, apex, base, dome,
    tip, deep, superficial, subcapsular, parenchyma, parenchymal, tissue, remnant,
    whole, entire, total, part, portion, side, aspect, region, area, site, border,
    junction, multiple, diffuse, disseminated, single, solitary, largest, large, small,
    big, bulky, dominant, index, target, measurable, known, new, old, residual,
    recurrent, recurrence, confluent, cluster, satellite, necrotic, cystic, solid,
    hypodense, hypovascular, hypervascular, enhancing, calcified, treated, lesion,
    lesions, metastasis, metastases, metastatic, met, mets, secondary, secondaries,
    deposit, deposits, nodule, nodules, nodular, mass, masses, tumor, tumors, tumour,
    tumours, disease, focus, foci, spot, involvement, infiltration, infiltrate, primary,
    cancer, carcinoma, adenocarcinoma, sarcoma, malignancy, neoplasm, hcc,
    hepatocellular, hepatoma, cholangiocarcinoma, icc, net, nec, neuroendocrine,
    melanoma, gist, crc, nsclc, sclc, head, body, tail, neck, gland, glands, organ,
    system, wall, number, other, b, mm, cm, ml, volume, of, in, the, a, an, and, at, on,
    with, within, colorectal metastasis, colorectal metastases, colorectal mets, cyst,
    cysts, metastasis to, metastases to, metastatic to, mets to, met to, spread to,
    thrombus, thrombosis, tumor thrombus, tumour thrombus, perihepatic, subhepatic,
    suprahepatic, infrahepatic, retrohepatic, hepatogastric, gastrohepatic,
    hepatoduodenal, subphrenic, beide, oben, unten, vorne, hinten, zentral, peripher,
    kuppel, parenchym, metastase, metastasen, lasion, lasionen, laesion, laesionen,
    herd, herde, rundherd, rundherde, raumforderung, filia, filiae, knoten, krebs,
    karzinom, der, die, das, des, im, und, am, superieur, inferieur, moyen, anterieur,
    posterieur, parenchyme, metastatique, metastatiques, masse, tumeur, tumeurs,
    secondaire, secondaires, localisation, du, de, la, le, les, d, dans, au, aux, et,
    sur, cupula, parenquima, metastasico, metastasica, lesiones, nodulo, nodulos, masa,
    del, el, los, las, en, y, superiore, inferiore, anteriore, posteriore, laterale,
    mediale, cupola, parenchima, metastasi, metastatico, metastatica, lesione, lesioni,
    noduli, massa, tumore, della, dell, dei, delle, degli, il, lo, gli, nel, nella, e,
    両, 两, 兩, 双, 雙, 外侧, 外側, 内侧, 内側, 頂部, 顶, 顶部, 膈顶, 膈顶部, 横隔膜下,
    ドーム, 被膜下, 包膜下, 转移, 轉移, 転移, 转移瘤, 轉移瘤, 转移灶, 転移巣, 病灶,
    病变, 病變, 病変, 结节, 結節, 肿块, 腫塊, 腫瘤, 肿瘤, 腫瘍, 肿物, 占位, 癌, 恶性,
    多发, 多發, 多発, 単発, 最大, 的, の, 与, 和, 第, 全"""
"""Words that say where in an organ, or what is there, and change no organ."""

BESIDE: Final = """near, nearby, adjacent, adjacent to, next to, beside, close to,
    abutting, bordering, touching, against, along, behind, below, above, under,
    underneath, over, between, towards, toward, to, from, into, invading, infiltrating,
    compressing, extending, contiguous, around, surrounding, due to,
    neben, nahe, nahe an, bei, zwischen, unter, uber, hinter, von, pres,
    proche, sous, contre, entre, vers, cerca, junto, debajo, bajo, desde,
    vicino, sotto, sopra, contro, tra, verso"""
"""Words after which comes another place than that of the lesion."""

AGAINST: Final = """capsule, capsular, implant, implants, surface, serosa, serosal,
    hilum, hilus, hilar, porta, outside, beyond, ausserhalb, hors, fuera, fuori,
    perihepatic, subhepatic, extrahepatic, kapsel,
    pforte, hile, ilo, capsula, 包膜, 被膜, 肝外"""
"""Words that take back an organ named before a comma: ``liver (capsular implant)``."""

COMPOUND_PARTS: Final = """leber, lunge, lungen, niere, nieren, nebenniere, nebennieren,
    milz, pankreas, knochen, hirn, mamma, brust, haut, magen, dickdarm, dunndarm,
    bauchfell, pleura, peritoneal, mediastinal, lymphknoten, rechts, links, lappen,
    oberlappen, mittellappen, unterlappen, segment, metastase, metastasen, lasion,
    lasionen, laesion, laesionen, herd, herde, rundherd, rundherde, tumor, filia,
    filiae, kuppel, parenchym, krebs, karzinom, raumforderung"""
"""Parts of compound words in German; all but the last may end in ``n`` or ``s``."""

SIDES: Final[dict[str, str]] = {
    "left": """left, lt, links, linke, linker, linkes, linken, li, gauche, gauches,
        izquierdo, izquierda, izquierdos, sinistro, sinistra, sinistri, 左, 左側, 左侧,
        左外, 左内, 左內""",
    "right": """right, rt, rechts, rechte, rechter, rechtes, rechten, re, droit, droite,
        droits, droites, derecho, derecha, derechos, destro, destra, destri, 右, 右側,
        右侧, 右前, 右后, 右後""",
    "bilateral": """bilateral, bilat, both, beidseits, bds, bilaterale, bilaterales,
        両側, 双侧, 两侧""",
}
"""Words for the sides of a paired organ."""
