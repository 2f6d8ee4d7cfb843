"""The sign in Spanish."""

from tallypost.documents.paperwork.sign.wording import Wording

SPANISH = Wording(
    title="Aquí se cuentan personas y tráfico",
    promise="No se guarda ni se envía ninguna imagen.",
    measured="Qué se mide",
    purpose="Para qué",
    pictures="Qué pasa con las imágenes",
    who="Quién es responsable",
    kept="Cuánto tiempo se guarda",
    officer="Delegado de protección de datos:",
    ground="Base jurídica:",
    more="Más información y sus derechos:",
    counted={
        "lines": "cuántas personas y vehículos pasan",
        "zones": "cuántos hay en una zona y durante cuánto tiempo",
        "car_parks": "qué plazas de aparcamiento están libres",
        "queues": "cómo de larga es una cola",
        "approaches": "la densidad y la velocidad del tráfico",
        "movements": "hacia dónde se gira en el cruce",
        "crowds": "si un lugar está abarrotado",
        "intrusions": "si hay alguien donde es peligroso o está prohibido",
        "stops": "si hay vehículos parados donde no deben",
        "wrong_ways": "si alguien circula en sentido contrario",
        "heat_maps": "dónde están las personas y los vehículos",
        "conflicts": "dónde casi se producen choques",
    },
    at_once="Algunos hechos se comunican al momento, pero nunca quién fue.",
    overwritten="Una cámara observa este lugar. El aparato cuenta lo que hay en una "
    "imagen y la borra al momento. No se reconoce a nadie: ni caras ni matrículas.",
    from_network="Las imágenes vienen de otro aparato de la red.",
    kept_here="Los recuentos permanecen en el aparato {days} días como máximo tras su "
    "envío.",
    kept_there="El responsable los conserva:",
    unsaid="(sin indicar)",
    made="Hecho el {date}.",
    outdated="Si los datos del aparato indican otro firmware, modelo o sitio, este "
    "letrero está desactualizado.",
)
